"""Accounts that cannot be billed, each in a way of its own, among many that can."""

from __future__ import annotations

from tests.faults.ground import PARTIAL, House


def test_f10_ten_poison_accounts(house: House, poisoned: dict):
    """Exactly these are parked, each with its own reason; one kills whoever works on it."""
    keys = poisoned["keys"]
    failpoints = (
        f"rate.item=raise@account:{keys['engine_error']};rate.item=kill9@account:{keys['crashed']}"
    )
    with house.ground("F10 ten poison accounts", "poisoned") as ground:
        shell = ground.shell("shell", keep=True, FAILPOINTS=failpoints)
        ground.until(
            lambda: PARTIAL in [*shell.exits, shell.popen.poll()], "the shell's end with code 4"
        )
        deaths = ground.processes.restarts
        ground.until_finished()

        assert len(set(poisoned["expected"].values())) == len(poisoned["expected"]) == 10
        ground.judge(f"10 poisoned, the shell died {deaths} times", parked=poisoned["expected"])
        assert set(dict(_reasons(ground))) == set(poisoned["expected"])
        assert all(reason for _, reason in _reasons(ground))


def _reasons(ground) -> list[tuple[str, str]]:
    return ground.ask(
        "SELECT a.number, i.error FROM statements_runitem i "
        "JOIN accounts_customeraccount a ON a.id = i.account_id WHERE i.state = 'parked'"
    )

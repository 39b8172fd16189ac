"""A database restored from a backup that is older than what the provider knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.faults.ground import House
from tests.faults.pay_ground import NO_MONEY, Debt, Order, Till, till
from tests.faults.test_payments_provider import disputed, parts

GOOD_BANK = "000123456789"


def test_a_backup_older_than_the_provider(servers: House, owing: str):
    """What the backup has forgotten is booked anew from the provider's objects."""
    with till(servers, "R backup older than the provider", owing) as ground:
        debts = ground.debts()
        since = datetime.now(UTC) - timedelta(minutes=5)
        _start(ground)
        early = parts(debts[:6], n=1)
        assert ground.result(ground.payers("early", early))["paid"] == len(early)
        ground.until_quiet()
        _stop(ground)
        servers.cluster.create("backup", ground.ground.name)
        ground.ground.note("backup")

        _start(ground)
        late = [*parts(debts[6:18], n=1), *_by_bank(debts[18:21]), *disputed(debts[21:23])]
        assert ground.result(ground.payers("late", late))["paid"] == len(late)
        ground.sandbox.settle(all=True)
        ground.until_quiet()
        given = ground.result(ground.clerk("clerk", "refunds", str(servers.seed), "5"))
        ground.until_quiet()
        ground.sandbox.pay_out()
        ground.until_quiet()
        assert given == {"done": 5, "errors": {}} and ground.verdict()[1] == []

        _stop(ground)
        servers.cluster.drop(ground.ground.name)
        servers.cluster.create(ground.ground.name, "backup")
        servers.cluster.drop("backup")
        ground.ground.note("restore")
        row, _ = ground.verdict()
        assert row.differences and not row.clean, "the backup should have forgotten something"
        command = ground.ground.processes.start(
            "reconcile", "manage.py", "reconcile_stripe", "--since", since.isoformat()
        )
        command.popen.wait(timeout=120)
        print("\n", command.tail())
        _start(ground)
        ground.until_quiet()

        ground.judge(f"restored, {row.differences} differences reconciled", cases={"chargeback": 2})


def _by_bank(debts: list[Debt]) -> list[Order]:
    numbers = (GOOD_BANK, GOOD_BANK, NO_MONEY)
    return [
        Order(f"b{debt.statement}", debt.account, debt.statement, debt.amount, "bank_debit", number)
        for debt, number in zip(debts, numbers, strict=True)
    ]


def _start(ground: Till) -> None:
    ground.web()
    ground.worker()


def _stop(ground: Till) -> None:
    """End all of ours, so that nobody holds a session; the sandbox goes on."""
    ground.ground.processes.stop()
    ground.ground.processes.all.clear()

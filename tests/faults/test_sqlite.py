"""A small utility on SQLite: eight writers on one file, killed at random."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.faults.ground import House

WRITERS = 8
KILLS = 12
SLOWLY = "rate.item=sleep:0.02;issue.before_number=sleep:0.02"


def test_f23_eight_writers_on_one_file(house: House, small_file: Path):
    """The result is that of PostgreSQL, account by account, and the file is sound."""
    with house.sqlite_ground("F23 SQLite, 8 writers", small_file) as ground:
        shells = [ground.shell(f"shell-{i}", FAILPOINTS=SLOWLY) for i in range(WRITERS)]
        ground.until_progress(1)
        hits = sum(ground.kill_one_at_work(shells, after=(0.1, 0.8)) for _ in range(KILLS))
        ground.until_finished()
        ground.until(lambda: not any(s.is_running for s in shells), "the end of all shells", 300)
        codes = [shell.popen.returncode for shell in shells]
        with closing(ground.connect()) as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchall()
            accounts = {
                n for (n,) in connection.execute("SELECT number FROM accounts_customeraccount")
            }

        ground.judge(
            f"8 shells, {hits} kill -9; integrity_check {integrity[0][0]}",
            golden=_only(house, accounts),
        )
        assert integrity == [("ok",)]
        assert codes == [0] * WRITERS, [s.tail() for s in shells if s.popen.returncode]
        assert hits >= KILLS // 2, "the run had ended too soon"


def _only(house: House, accounts: set[str]):
    """Return the unfaulted result of PostgreSQL for the accounts that the file has."""
    bills = {n: bill for n, bill in house.golden.bills.items() if n in accounts}
    return type(house.golden)(bills=bills)

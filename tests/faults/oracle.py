"""What the database says, asked in plain SQL. Imports nothing of the product.

The same questions go to PostgreSQL and SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]
FINISHED = ("completed", "exceptions")


@dataclass(frozen=True)
class Bill:
    """What one account was billed, from the statement, its lines and the ledger."""

    total: int
    due: int
    lines: int
    sum_of_lines: int
    owed_in_ledger: int


@dataclass
class Books:
    """The result of a run in a form that two databases can be compared by."""

    bills: dict[str, Bill] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    parked: dict[str, str] = field(default_factory=dict)
    sum_of_postings: int = 0
    numbers: list[str] = field(default_factory=list)
    counter: int = 0
    notices: int = 0

    @property
    def total(self) -> int:
        return sum(bill.total for bill in self.bills.values())

    @property
    def numbers_are_whole(self) -> bool:
        """Tell whether the numbers run 1..n, each once, and the counter stands at n."""
        serials = sorted(int(re.fullmatch(r"B-\d{4}-(\d+)", n)[1]) for n in self.numbers)
        return serials == list(range(1, self.counter + 1))

    @property
    def is_coherent(self) -> bool:
        return (
            not self.twice
            and self.sum_of_postings == 0
            and len(self.numbers) == len(self.bills) == self.notices
            and all(
                bill.total == bill.sum_of_lines == bill.owed_in_ledger
                for bill in self.bills.values()
            )
        )


def books(ask: Ask) -> Books:
    """Read what a run has left behind."""
    found = Books()
    lines = {
        key: (count, total)
        for key, count, total in ask(
            "SELECT statement_id, count(*), sum(amount_minor) FROM statements_statementline "
            "GROUP BY statement_id"
        )
    }
    owed = {
        account: int(amount)
        for account, amount in ask(
            "SELECT a.account_id, sum(p.amount) FROM ledger_posting p "
            "JOIN ledger_account a ON a.id = p.account_id "
            "WHERE a.kind = 'receivable' GROUP BY a.account_id"
        )
    }
    for key, account, number, total, due, printed in ask(
        "SELECT s.id, s.account_id, a.number, s.total_minor, s.amount_due_minor, s.number "
        "FROM statements_statement s JOIN accounts_customeraccount a ON a.id = s.account_id "
        "WHERE s.state = 'issued'"
    ):
        if number in found.bills:
            found.twice.append(number)
        count, of_lines = lines.get(key, (0, 0))
        found.bills[number] = Bill(total, due, count, int(of_lines), owed.get(account, 0))
        found.numbers.append(printed)
    found.parked = dict(
        ask(
            "SELECT a.number, i.error_code FROM statements_runitem i "
            "JOIN accounts_customeraccount a ON a.id = i.account_id WHERE i.state = 'parked'"
        )
    )
    [(postings,)] = ask("SELECT coalesce(sum(amount), 0) FROM ledger_posting")
    found.sum_of_postings = int(postings)
    found.counter = sum(last for (last,) in ask("SELECT last FROM statements_numberseries"))
    [(found.notices,)] = ask(
        "SELECT count(*) FROM notifications_notice WHERE kind = 'statement.issued'"
    )
    return found


def is_unfinished(ask: Ask) -> bool:
    """Tell whether there is a run that still has work."""
    states = [state for (state,) in ask("SELECT state FROM statements_billingrun")]
    return any(state not in FINISHED for state in states)


def is_finished(ask: Ask) -> bool:
    """Tell whether there are runs and all have ended."""
    states = [state for (state,) in ask("SELECT state FROM statements_billingrun")]
    return bool(states) and all(state in FINISHED for state in states)


def lease_owners(ask: Ask) -> list[tuple[str, int]]:
    """Return who holds a chunk, and the most attempts that one of its open accounts has seen."""
    return ask(
        "SELECT c.lease_owner, coalesce(max(i.attempts), 0) FROM statements_runchunk c "
        "LEFT JOIN statements_runitem i ON (i.chunk_id = c.id AND i.state = 'pending') "
        "OR (i.issue_chunk_id = c.id AND i.state = 'calculated') "
        "WHERE c.state = 'pending' AND c.lease_owner <> '' GROUP BY c.id, c.lease_owner"
    )


def progress(ask: Ask) -> tuple[int, int]:
    """Return how many accounts are calculated or further, and how many are issued."""
    counts = dict(ask("SELECT state, count(*) FROM statements_runitem GROUP BY state"))
    issued = counts.get("issued", 0)
    return sum(counts.values()) - counts.get("pending", 0), issued

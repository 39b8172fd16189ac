"""What a statement means in the books: posting rows 1 and 2 of the ledger's table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from ledger.entries import Entry, Leg
from statements.models import Statement


def issue_key(statement_id: int) -> str:
    return f"stmt:{statement_id}:issue"


def statement_of(source_key: str) -> int | None:
    """Return the statement whose issue made this entry, or None for other entries."""
    kind, _, rest = source_key.partition(":")
    number, _, event = rest.partition(":")
    return int(number) if (kind, event) == ("stmt", "issue") and number.isdecimal() else None


def cancel_key(statement_id: int) -> str:
    return f"stmt:{statement_id}:cancel"


def statement_issued(
    statement: Statement, sums: Mapping[tuple[str, str], int], *, on: date, due_on: date
) -> Entry | None:
    """Return the entry of an issued statement, or None if it moves no money.

    :param sums: what the lines add up to, by line kind and tax code ("" for what is no tax)
    """
    legs = [
        Leg("tax_payable" if kind == "tax" else "revenue", -amount, code=code or kind)
        for (kind, code), amount in sorted(sums.items())
        if amount
    ]
    if statement.total_minor:
        legs.insert(0, Leg("receivable", statement.total_minor, account_id=statement.account_id))
    if not legs:
        return None
    return Entry(
        event_type="statement.issued",
        source_key=issue_key(statement.pk),
        currency=statement.currency,
        effective_date=on,
        due_on=due_on,
        legs=tuple(legs),
    )


def sums_by_statement(
    rows: Iterable[tuple[int, str, str, int]],
) -> dict[int, dict[tuple[str, str], int]]:
    """Sum lines, given as (statement, kind, charge, amount), by statement, kind and tax code."""
    sums: dict[int, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for statement_id, kind, charge, amount in rows:
        sums[statement_id][kind, charge if kind == "tax" else ""] += amount
    return sums

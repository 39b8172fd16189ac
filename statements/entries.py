"""What a statement means in the books: posting rows 1, 2 and 9 of the ledger's table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import BigIntegerField, CharField, Func, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, Length, Substr

from ledger.entries import Entry, Leg
from ledger.expressions import OpenMinor, open_statements
from ledger.models import JournalEntry, OpenDebit
from statements.models import Adjustment, Statement


def issue_key(statement_id: int) -> str:
    return f"stmt:{statement_id}:issue"


def issue_key_of(statement_id: Combinable) -> Concat:
    """Return the same key as an expression over the key of a statement."""
    key = Cast(statement_id, CharField())
    return Concat(Value("stmt:"), key, Value(":issue"), output_field=CharField())


class IssueKey(Func):
    """The same of a query's own rows: `IssueKey("pk")`."""

    output_field = CharField()
    template = "'stmt:' || %(expressions)s || ':issue'"


def with_left(statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """Let each come with `left_minor`: what is left of its debt, NULL if nothing is."""
    left = OpenMinor(IssueKey("pk"))
    return statements.annotate(**{"left_minor": left})  # the model declares it for readers


def open_statement_ids() -> QuerySet[OpenDebit, tuple[int]]:
    """Return the statements of whose debt something is left, by their keys."""
    issued = open_statements().filter(source_key__startswith="stmt:", source_key__endswith=":issue")
    beside = len(issue_key(0)) - 1  # the letters around the key
    key = Substr("source_key", len("stmt:") + 1, Length("source_key") - beside)
    return issued.values_list(Cast(key, BigIntegerField()))


def statement_of(source_key: str) -> int | None:
    """Return the statement whose issue made this entry, or None for other entries."""
    kind, _, rest = source_key.partition(":")
    number, _, event = rest.partition(":")
    return int(number) if (kind, event) == ("stmt", "issue") and number.isdecimal() else None


def cancel_key(statement_id: int) -> str:
    return f"stmt:{statement_id}:cancel"


def adjustment_key(adjustment_id: int) -> str:
    return f"adj:{adjustment_id}"


def adjustment_reversal_key(adjustment_id: int) -> str:
    return f"{adjustment_key(adjustment_id)}:reverse"


def adjustment_posted(
    adjustment: Adjustment, account_id: int, *, on: date, due_on: date | None, actor: str
) -> Entry:
    """Return the entry of an adjustment: goodwill is a cost of its own, the rest less revenue.

    :param due_on: of a charge; a credit has none
    """
    is_goodwill = adjustment.reason_code == Adjustment.Reason.GOODWILL
    other = ("goodwill", "") if is_goodwill else ("revenue", "adjustment")
    return Entry(
        event_type="adjustment.posted",
        source_key=adjustment_key(adjustment.pk),
        currency=adjustment.currency,
        effective_date=on,
        due_on=due_on,
        legs=(
            Leg("receivable", adjustment.amount_minor, account_id=account_id),
            Leg(other[0], -adjustment.amount_minor, code=other[1]),
        ),
        actor=actor,
        reason=adjustment.reason_code,
        category=JournalEntry.Category.OTHER,
    )


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

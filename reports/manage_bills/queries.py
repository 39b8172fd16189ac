"""Bills with what the books say of them, narrowed and summed by the database.

What a bill asked for is settled by allocations of the ledger, and what is left of it is open. A
bill that was taken back, or that gives credit, has nothing open. The books keep what is open
in a small table of its own, so that open bills are found without reading those that are paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts import numbers
from ledger.expressions import open_minor
from statements import entries
from statements.models import Statement, StatementCoverage

State = Statement.State
Bills = QuerySet[Statement]
CANCELLED = (State.CANCELLED, State.SUPERSEDED)
MOST_SUMMED = 10_000  # bills
IS_OPEN, IS_SETTLED = Q(open_minor__gt=0), Q(open_minor=0)
IS_PART_PAID = Q(open_minor__lt=F("total_minor"))


@dataclass(frozen=True)
class Sums:
    """A list of bills added up; amounts in minor units. What was taken back counts nothing.

    Of a longer list than `MOST_SUMMED` the sums are not whole: `is_more` tells.
    """

    count: int
    billed_minor: int  # what was asked for, less what was given as credit
    received_minor: int  # of it settled, by payments and by credits
    open_minor: int

    @property
    def is_more(self) -> bool:
        return self.count > MOST_SUMMED


def bills() -> Bills:
    """Return all bills that were ever issued, with `open_minor` as the books have it."""
    of_books = Coalesce(open_minor(entries.issue_key_of(OuterRef("pk"))), 0)
    owes = Q(state=State.ISSUED, total_minor__gt=0)
    left = Case(When(owes, then=of_books), default=Value(0), output_field=BigIntegerField())
    found = Statement.objects.visible().select_related("account__customer")
    return found.annotate(open_minor=left)


def sums(rows: Bills) -> Sums:
    """Add up bills that came from `bills`, narrowed or not; one query, however many match."""
    counts = Q(state=State.ISSUED)
    owed = Sum("total_minor", filter=counts & Q(total_minor__gt=0), default=0)
    found = rows.order_by("-pk")[: MOST_SUMMED + 1].aggregate(
        count=Count("pk"),
        billed=Sum("total_minor", filter=counts, default=0),
        owed=owed,
        open=Sum("open_minor", default=0),
    )
    owed_minor, left = int(found["owed"]), int(found["open"])
    return Sums(int(found["count"]), int(found["billed"]), owed_minor - left, left)


def of_status(rows: Bills, status: str, *, today: date) -> Bills:
    """Return the bills that stand so on this day."""
    return _STATUS[status](rows, today)


def of_service(rows: Bills, commodity: str) -> Bills:
    """Return the bills that bill this commodity, beside others or alone."""
    covered = StatementCoverage.objects.filter(
        statement=OuterRef("pk"), agreement__usage_point__commodity=commodity
    )
    return rows.filter(Exists(covered))


def of_month(rows: Bills, month: str) -> Bills:
    """Return the bills of the runs of a month, written YYYY-MM."""
    return rows.filter(run__month=month)


def found_by(rows: Bills, text: str) -> Bills:
    """Return the bills of this bill number, its beginning, or this account number."""
    number = Q(number__startswith=text.upper())
    return rows.filter(number | Q(account__number=numbers.clean(text)[:20]))


def _open(rows: Bills, today: date) -> Bills:
    return rows.filter(IS_OPEN, state=State.ISSUED, pk__in=entries.open_statement_ids())


_STATUS: Mapping[str, Callable[[Bills, date], Bills]] = {
    "open": _open,
    "overdue": lambda rows, today: _open(rows, today).filter(due_date__lt=today),
    "part_paid": lambda rows, today: _open(rows, today).filter(IS_PART_PAID),
    "paid": lambda rows, today: rows.filter(IS_SETTLED, state=State.ISSUED),
    "cancelled": lambda rows, today: rows.filter(state__in=CANCELLED),
    "estimated": lambda rows, today: rows.filter(state=State.ISSUED, is_estimated=True),
}

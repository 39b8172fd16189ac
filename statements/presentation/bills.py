"""The list of bills: what each asked for, what is paid of it, and its state in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.periods import last_day, local_date
from statements.models import Statement, StatementLine
from statements.presentation.bill_list import BillList, is_taken_back
from statements.presentation.billed_use import BilledUse, billed_use
from statements.presentation.standing import Standing, standing


@dataclass(frozen=True)
class BillRow:
    """One bill of the list; amounts in minor units."""

    statement: Statement
    first_day: date
    last_day: date
    standing: Standing
    uses: Sequence[BilledUse] = ()
    other_number: str = ""  # of the bill that stands in its place, or whose place it took

    @property
    def total_minor(self) -> int:
        return self.statement.total_minor

    @property
    def open_minor(self) -> int:
        return self.standing.open_minor

    @property
    def paid_minor(self) -> int:
        return self.standing.paid_minor

    @property
    def state(self) -> str:
        return self.standing.words

    @property
    def tag(self) -> str:
        return self.standing.tag

    @property
    def is_taken_back(self) -> bool:
        return is_taken_back(self.statement)


def rows(statements: Iterable[Statement], *, today: date) -> list[BillRow]:
    """Return the rows of these bills, which come with their account and `entries.with_left`."""
    return [_row(each, standing(each, today=today)) for each in statements]


def full_rows(statements: Sequence[Statement], listed: BillList) -> list[BillRow]:
    """Return rows with the use of each service; one query."""
    uses = billed_use(StatementLine.objects.filter(statement__in=[each.pk for each in statements]))
    return [
        _row(each, listed.standings[each.pk], uses.get(each.pk, ()), listed.others.get(each.pk, ""))
        for each in statements
    ]


def _row(
    statement: Statement, stands: Standing, uses: Sequence[BilledUse] = (), other: str = ""
) -> BillRow:
    return BillRow(
        statement=statement,
        first_day=local_date(statement.starts_at, statement.zone),
        last_day=last_day(statement.period, statement.zone),
        standing=stands,
        uses=uses,
        other_number=other,
    )

"""The bills of a year and of the year before: what they asked for, and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from accounts.models import CustomerAccount
from core.periods import local_date, midnight
from statements.entries import with_left
from statements.models import Statement, StatementLine

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearBills:
    """Bills whose period begins in the year, the newest first; amounts in minor units.

    `counted` are those that stand: issued and not taken back.
    """

    listed: Sequence[Statement]
    counted: Sequence[Statement]
    before: Sequence[Statement]  # of the year before, those that stand
    lines: Sequence[StatementLine] = field(repr=False)  # of `counted`, in order of time

    @property
    def total_minor(self) -> int:
        return sum(statement.total_minor for statement in self.counted)

    @property
    def before_minor(self) -> int | None:
        """What the same months cost a year before; None unless each of them was billed."""
        months = {_month(statement) for statement in self.counted}
        same = [one for one in self.before if _month(one) in months]
        if not months or {_month(one) for one in same} != months:
            return None
        return sum(one.total_minor for one in same)

    def covers(self, month: date) -> bool:
        """Tell whether a month is billed, as far as a bill begins in it."""
        return any(_month(statement) == month.month for statement in self.counted)


def year_bills(account: CustomerAccount, year: int, zone: ZoneInfo) -> YearBills:
    """Return the bills of a year; two queries."""
    first = midnight(date(year - 1, 1, 1), zone) - A_DAY
    last = midnight(date(year + 1, 1, 1), zone) + A_DAY
    seen = Statement.objects.visible().filter(
        account=account, starts_at__gte=first, starts_at__lt=last
    )
    found = list(with_left(seen.select_related("account")).order_by("-starts_at", "-pk"))
    listed = [statement for statement in found if _year(statement) == year]
    counted = [statement for statement in listed if _stands(statement)]
    lines = StatementLine.objects.filter(statement__in=counted)
    return YearBills(
        listed=listed,
        counted=counted,
        before=[one for one in found if _year(one) == year - 1 and _stands(one)],
        lines=list(lines.order_by("starts_at", "statement_id", "seq")),
    )


def _stands(statement: Statement) -> bool:
    return statement.state == Statement.State.ISSUED


def _year(statement: Statement) -> int:
    return local_date(statement.starts_at, statement.zone).year


def _month(statement: Statement) -> int:
    return local_date(statement.starts_at, statement.zone).month

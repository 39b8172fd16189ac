"""What was used in a year: by month, the extremes, the average, and against the year before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Commodity, CustomerAccount
from core import charts, formats
from core.money import divide
from core.periods import local_days, next_month
from reports.change import change, same_day_before
from reports.daily import Used, daily_use

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """One month of a commodity in base units; whole if no day of it is missing."""

    first: date
    units: int
    days: int  # measured whole
    is_whole: bool
    is_estimated: bool
    before: int | None  # the same month a year before, if both are whole


@dataclass(frozen=True)
class Extreme:
    """A day or a month, and what was used in it."""

    on: date
    units: int


@dataclass(frozen=True)
class YearUse:
    """One commodity over a year, of whole days only; `scale` base units make one `unit`."""

    commodity: str
    unit: str
    scale: int
    total: int
    days: int
    average: int  # a day, rounded once
    months: Sequence[Month]
    highest_month: Extreme | None
    lowest_month: Extreme | None
    highest_day: Extreme | None
    lowest_day: Extreme | None
    compared: str  # with the year before, on the days that both have; or empty
    chart: charts.Chart

    @property
    def missing(self) -> list[date]:
        """The months of which readings are missing."""
        return [month.first for month in self.months if not month.is_whole]


def year_use(
    account: CustomerAccount, first: date, last: date, *, zone: ZoneInfo, billed: Iterable[int]
) -> list[YearUse]:
    """Return what each commodity used from the first to the last day, both in one year.

    :param billed: the months that are billed; the others are provisional
    """
    now = daily_use(account.pk, local_days(first, last, zone))
    starts = same_day_before(first) or date(first.year - 1, 3, 1)  # a leap day has none
    ends = date(first.year - 1, 12, 31)
    then = {u.commodity: u for u in daily_use(account.pk, local_days(starts, ends, zone))}
    months = frozenset(billed)
    return [_year(used, then.get(used.commodity), first, last, months) for used in now]


def _year(
    used: Used, then: Used | None, first: date, last: date, billed: frozenset[int]
) -> YearUse:
    whole = used.whole(first, last)
    old = then.whole(date.min, date.max) if then else {}
    months = [_month(used, whole, old, month, last) for month in _firsts(first, last)]
    unbroken = [Extreme(m.first, m.units) for m in months if _is_full(m, last)]
    days = [Extreme(on, units) for on, units in whole.items()]
    total = sum(whole.values())
    compared = _compared(whole, old)
    return YearUse(
        commodity=str(Commodity(used.commodity).label),
        unit=used.unit,
        scale=used.scale,
        total=total,
        days=len(whole),
        average=divide(total, len(whole)) if whole else 0,
        months=months,
        highest_month=_highest(unbroken),
        lowest_month=_lowest(unbroken),
        highest_day=_highest(days),
        lowest_day=_lowest(days),
        compared=compared,
        chart=_chart(used, months, billed, total, compared),
    )


def _firsts(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month.year, month.month)


def _month(
    used: Used, whole: Mapping[date, int], old: Mapping[date, int], first: date, last: date
) -> Month:
    listed = _days(first, last)
    held = [day for day in listed if day in whole]
    past = [then for day in listed if (then := same_day_before(day))]
    is_whole = len(held) == len(listed)
    is_known = is_whole and all(day in old for day in past)
    return Month(
        first=first,
        units=sum(whole[day] for day in held),
        days=len(held),
        is_whole=is_whole,
        is_estimated=used.has_guesses(held),
        before=sum(old[day] for day in past) if is_known else None,
    )


def _days(first: date, last: date) -> list[date]:
    end = min(next_month(first.year, first.month) - A_DAY, last)
    return [first + n * A_DAY for n in range((end - first).days + 1)]


def _is_full(month: Month, last: date) -> bool:
    """Tell whether a month is over and whole: a running one is never the lowest."""
    return month.is_whole and next_month(month.first.year, month.first.month) - A_DAY <= last


def _highest(found: Sequence[Extreme]) -> Extreme | None:
    return max(found, key=lambda each: each.units, default=None)


def _lowest(found: Sequence[Extreme]) -> Extreme | None:
    return min(found, key=lambda each: each.units, default=None)


def _compared(whole: Mapping[date, int], old: Mapping[date, int]) -> str:
    both = [(units, old[then]) for day, units in whole.items() if (then := _then(day, old))]
    if not both:
        return ""
    told = {
        "change": change(sum(now for now, _before in both), sum(before for _now, before in both)),
        "days": formats.number(len(both)),
    }
    return _("%(change)s a year before, on the %(days)s days that both years have.") % told


def _then(day: date, old: Mapping[date, int]) -> date | None:
    before = same_day_before(day)
    return before if before in old else None


def _chart(
    used: Used, months: Sequence[Month], billed: frozenset[int], total: int, compared: str
) -> charts.Chart:
    shown = formats.quantity(total, used.unit, scale=used.scale)
    told = {"total": shown, "compared": compared}
    finding = _("You used %(total)s: %(compared)s") if compared else _("You used %(total)s.")
    has_before = any(month.before is not None for month in months)
    return charts.bars(
        [_bar(month, billed) for month in months],
        key=f"year-{used.commodity}",
        finding=finding % told,
        unit=used.unit,
        scale=used.scale,
        against=_("A year before") if has_before else "",
    )


def _bar(month: Month, billed: frozenset[int]) -> charts.Bar:
    mark = charts.Mark.NONE if month.is_whole else charts.Mark.MISSING
    if month.is_estimated:
        mark |= charts.Mark.ESTIMATED
    if month.first.month not in billed:
        mark |= charts.Mark.PROVISIONAL
    return charts.Bar(
        formats.month_short(month.first),
        (month.units,),
        mark,
        about=formats.month(month.first),
        against=month.before,
    )

"""What was used in the running month against the same days a year before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Commodity, CustomerAccount
from core import charts, formats
from core.periods import local_date, local_days, next_month
from reports.change import change, same_day_before
from reports.daily import Used, daily_use

HEIGHT = 180


@dataclass(frozen=True)
class RunningUse:
    """One commodity of the running month: its chart, and up to which day there is data."""

    commodity: str
    chart: charts.Chart | None  # None before the first whole day
    up_to: date | None
    is_estimated: bool
    missing: int  # days without all of their readings, up to the last whole one


def running_use(account: CustomerAccount, *, now: datetime, zone: ZoneInfo) -> list[RunningUse]:
    """Return what each commodity used since the first of the month, whole days only.

    At most eight queries: this month and the same of the year before.
    """
    today = local_date(now, zone)
    first = today.replace(day=1)
    last = next_month(first.year, first.month) - timedelta(days=1)
    before = [same_day_before(day) or day for day in (first, last)]
    then = {
        used.commodity: used for used in daily_use(account.pk, local_days(*_ordered(before), zone))
    }
    current = daily_use(account.pk, local_days(first, last, zone))
    yesterday = today - timedelta(days=1)
    return [_running(used, then.get(used.commodity), first, yesterday) for used in current]


def _ordered(days: list[date]) -> tuple[date, date]:
    return min(days), max(days)


def _running(used: Used, then: Used | None, first: date, yesterday: date) -> RunningUse:
    whole = used.whole(first, yesterday)
    word = str(Commodity(used.commodity).label)
    if not whole:
        return RunningUse(word, None, None, False, 0)
    up_to = max(whole)
    old = _year_before(then, whole)
    expected = used.expected(first, up_to)
    chart = charts.bars(
        list(_bars(used, whole, old, expected)),
        key=f"running-{used.commodity}",
        finding=_finding(used, whole, old, up_to),
        unit=used.unit,
        scale=used.scale,
        against=_("A year before") if old else "",
        height=HEIGHT,
    )
    missing = sum(day not in whole for day in expected)
    return RunningUse(word, chart, up_to, used.has_guesses(whole), missing)


def _year_before(then: Used | None, whole: Mapping[date, int]) -> dict[date, int]:
    """Return what the same days used a year before, by the day of this year."""
    if then is None:
        return {}
    held = then.whole(date.min, date.max)
    pairs = ((day, same_day_before(day)) for day in whole)
    return {day: held[past] for day, past in pairs if past in held}


def _bars(
    used: Used, whole: Mapping[date, int], old: Mapping[date, int], expected: list[date]
) -> Iterator[charts.Bar]:
    for day in expected:
        mark = charts.Mark.NONE if day in whole else charts.Mark.MISSING
        if used.days[day].guessed:
            mark |= charts.Mark.ESTIMATED
        yield charts.Bar(
            formats.number(day.day),
            (used.days[day].units,),
            mark,
            about=formats.day(day),
            against=old.get(day),
        )


def _finding(used: Used, whole: Mapping[date, int], old: Mapping[date, int], up_to: date) -> str:
    told = {
        "total": formats.quantity(sum(whole.values()), used.unit, scale=used.scale),
        "day": formats.day(up_to),
    }
    if not old:
        return _("You used %(total)s this month up to %(day)s.") % told
    told["change"] = change(sum(whole[day] for day in old), sum(old.values()))
    return _("You used %(total)s this month up to %(day)s: %(change)s a year before.") % told

"""Which billing periods the use of a file makes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.periods import Period, local_date, local_month, midnight
from tariffs.rate_file.errors import BadUsage
from tariffs.rate_file.usage import UsageFile


class Cycle(StrEnum):
    """Which billing period the use is a part of."""

    AUTO = "auto"  # months, if whole months are priced
    MONTH = "month"
    WHOLE = "whole"


class Billed(NamedTuple):
    """What one bill is for, and the whole billing period that this is a part of."""

    period: Period
    cycle: Period


def billed(use: UsageFile, within: Period | None, zone: ZoneInfo, cycle: Cycle) -> list[Billed]:
    """Return the periods to price, oldest first.

    :raises BadUsage: if there is none within the days asked for, or one is in two months
    """
    periods = _totals(use, within) if use.is_totals else _readings(use, within, zone, cycle)
    return [
        Billed(period, _month_of(period, zone) if cycle is Cycle.MONTH else period)
        for period in periods
    ]


def _totals(use: UsageFile, within: Period | None) -> list[Period]:
    periods = [p for p in use.periods() if within is None or within.overlap(p) == p]
    if not periods:
        raise BadUsage("the file holds no total that lies within the days asked for")
    return periods


def _readings(use: UsageFile, within: Period | None, zone: ZoneInfo, cycle: Cycle) -> list[Period]:
    whole = within or use.period()
    starts = _month_starts(whole, zone)
    by_month = cycle is Cycle.MONTH
    if cycle is Cycle.AUTO:
        by_month = {whole.starts_at, whole.ends_at} <= set(starts)
    return whole.cut(starts) if by_month else [whole]


def _month_starts(period: Period, zone: ZoneInfo) -> list[datetime]:
    """Return the first moments of the months that the period touches or ends with."""
    first, last = local_date(period.starts_at, zone), local_date(period.ends_at, zone)
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [midnight(first.replace(year=m // 12, month=m % 12 + 1, day=1), zone) for m in months]


def _month_of(period: Period, zone: ZoneInfo) -> Period:
    first = local_date(period.starts_at, zone)
    month = local_month(first.year, first.month, zone)
    if month.overlap(period) != period:
        raise BadUsage(f"the total from {first} does not lie within one month")
    return month

"""The days of a bill: which day belongs to which segment, and how many there are."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.periods import Period, local_date, midnight

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
HOLIDAY = DAY_NAMES.index("holiday")
DAY_END = 24 * 60  # minutes
LEAP_YEAR = 2024


def billing_days(period: Period, zone: ZoneInfo) -> list[date]:
    """Return the local days that end inside the period, so each day is billed exactly once.

    The day of moving in counts, the day of moving out does not, and neither does a day that the
    place skipped when it went over the date line.
    """
    return list(_billing_days(period, zone))


@lru_cache(maxsize=512)
def _billing_days(period: Period, zone: ZoneInfo) -> tuple[date, ...]:
    """Return the days; kept, since every charge of a period asks for the same."""
    day = local_date(period.starts_at, zone)
    starts_at, days = midnight(day, zone), []
    while (ends_at := midnight(day + timedelta(days=1), zone)) <= period.ends_at:
        if ends_at > max(period.starts_at, starts_at):
            days.append(day)
        day, starts_at = day + timedelta(days=1), ends_at
    return tuple(days)


def whole_months(cycle: Period, zone: ZoneInfo) -> int | None:
    """Return how many months a cycle has; None if it is no whole number of them.

    A month is from a day to the same day of the next, or from the last day to the last.
    """
    first, end = local_date(cycle.starts_at, zone), local_date(cycle.ends_at, zone)
    if (midnight(first, zone), midnight(end, zone)) != (cycle.starts_at, cycle.ends_at):
        return None
    if first.day != end.day and not (_is_last(first) and _is_last(end)):
        return None
    return 12 * (end.year - first.year) + end.month - first.month or None


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month

"""The days of a bill: which day belongs to which segment, and how many there are."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.periods import Period, local_date, midnight

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
HOLIDAY = DAY_NAMES.index("holiday")
DAY_END = 24 * 60  # minutes
LEAP_YEAR = 2024


def billing_days(period: Period, zone: ZoneInfo) -> list[date]:
    """Return the local days that end inside the period, so each day is billed exactly once.

    The day of moving in counts, the day of moving out does not.
    """
    day = local_date(period.starts_at, zone)
    days = []
    while (ends_at := midnight(day + timedelta(days=1), zone)) <= period.ends_at:
        if ends_at > period.starts_at:
            days.append(day)
        day += timedelta(days=1)
    return days

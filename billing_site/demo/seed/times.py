"""The calendar of a demonstration: which month is open, and from when to when meters were read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from billing_site.demo.seed.story import SECOND_ZONE, UTILITY_ZONE, Day
from core.periods import Period, local_date, local_day, midnight

BILLED_MONTHS = 12
ISSUE_HOUR = 9  # by the utility's clock, on the second day after a month


@dataclass(frozen=True, slots=True)
class Calendar:
    """`open_month` is the first day of the month that nobody has billed yet."""

    open_month: date
    read_until: datetime  # no reading after this moment is seeded
    zone: ZoneInfo  # of the utility

    @property
    def starts_on(self) -> date:
        return months_before(self.open_month, BILLED_MONTHS)

    def billed(self) -> list[date]:
        """Return the first days of the months with statements, oldest first."""
        return [months_before(self.open_month, ago) for ago in range(BILLED_MONTHS, 0, -1)]

    def day(self, told: Day) -> date:
        return months_before(self.open_month, told.months_ago).replace(day=told.day)

    def issued_at(self, month: date) -> datetime:
        """Return when the statements of a month go out."""
        first = months_before(month, -1)
        return datetime(first.year, first.month, 2, ISSUE_HOUR, tzinfo=self.zone).astimezone(UTC)

    def read_period(self, zone: ZoneInfo, interval_s: int) -> Period:
        """Return the time whose slots are seeded for a meter in a zone."""
        step = int(self.read_until.timestamp()) // interval_s * interval_s
        return Period(midnight(self.starts_on, zone), datetime.fromtimestamp(step, UTC))


def calendar(now: datetime, *, leave_last_day: bool) -> Calendar:
    """Return the calendar that leaves the last full month before `now` open.

    :param leave_last_day: end the readings where the last local day of the open month begins, in
        the zone where it begins first; a month counts as full from then on
    """
    zone = ZoneInfo(UTILITY_ZONE)
    ended = local_date(now + timedelta(days=1) if leave_last_day else now, zone)
    open_month = months_before(ended.replace(day=1), 1)
    if not leave_last_day:
        return Calendar(open_month, now, zone)
    zones = (zone, ZoneInfo(SECOND_ZONE))
    return Calendar(open_month, min(last_day(open_month, z).starts_at for z in zones), zone)


def last_day(month: date, zone: ZoneInfo) -> Period:
    """Return the last local day of a month."""
    return local_day(months_before(month, -1) - timedelta(days=1), zone)


def month_text(month: date) -> str:
    return f"{month:%Y-%m}"


def months_before(month: date, count: int) -> date:
    """Return the first day of the month so many months before; negative counts go forward."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)

"""Periods of time: half-open, in UTC, cut from local days and months.

The only place that turns a local date and a zone into moments. Imports no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo


class BadPeriod(ValueError):
    """A period that ends before it starts, or a moment without a zone."""


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """From `starts_at` up to, and without, `ends_at`; both in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise BadPeriod("a period needs moments with a time zone")
        if self.ends_at <= self.starts_at:
            raise BadPeriod(f"period ends at {self.ends_at} before it starts at {self.starts_at}")

    def __contains__(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at

    @property
    def seconds(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds())

    def overlap(self, other: Period) -> Period | None:
        """Return what both periods share, or None."""
        starts_at = max(self.starts_at, other.starts_at)
        ends_at = min(self.ends_at, other.ends_at)
        return Period(starts_at, ends_at) if starts_at < ends_at else None

    def cut(self, moments: Iterable[datetime]) -> list[Period]:
        """Return the parts between those of the moments that lie inside."""
        inside = {m for m in moments if self.starts_at < m < self.ends_at}
        edges = [self.starts_at, *sorted(inside), self.ends_at]
        return [Period(a, b) for a, b in pairwise(edges)]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of the local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def moments(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """Return the moments, in UTC, at which the clock of the place shows this time on this day.

    One as a rule; none where the clocks skipped it, two where they came to it again.
    """
    shown = [datetime.combine(day, at, tzinfo=zone).replace(fold=fold) for fold in (0, 1)]
    found = {moment.astimezone(UTC) for moment in shown}
    return sorted(m for m in found if m.astimezone(zone).replace(tzinfo=None) == _bare(day, at))


def _bare(day: date, at: time) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None))


def local_day(day: date, zone: ZoneInfo) -> Period:
    """Return the customer's day; 23 or 25 hours long when the clocks change."""
    return Period(midnight(day, zone), midnight(day + timedelta(days=1), zone))


def local_days(first: date, last: date, zone: ZoneInfo) -> Period:
    """Return the period from the first to the last day, both included."""
    return Period(midnight(first, zone), midnight(last + timedelta(days=1), zone))


def local_month(year: int, month: int, zone: ZoneInfo) -> Period:
    """Return the calendar month as the customer lives it."""
    return Period(midnight(date(year, month, 1), zone), midnight(next_month(year, month), zone))


def next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def last_day(period: Period, zone: ZoneInfo) -> date:
    """Return the last day that a period includes, as shown to people."""
    return local_date(period.ends_at - timedelta(microseconds=1), zone)


def days_in(period: Period, zone: ZoneInfo) -> int:
    """Count the local days that a period touches; whole when it runs from midnight to midnight."""
    return (last_day(period, zone) - local_date(period.starts_at, zone)).days + 1


def utc_days(period: Period) -> Iterator[date]:
    """Yield the UTC days that a period touches: the days of its reading blocks."""
    day = period.starts_at.astimezone(UTC).date()
    last = last_day(period, ZoneInfo("UTC"))
    while day <= last:
        yield day
        day += timedelta(days=1)

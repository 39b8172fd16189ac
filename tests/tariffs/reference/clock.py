"""Days, months, seasons, day types and windows, by the calendar and the clock of the place."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.tariffs.reference.facts import Definition, NotPriceable

DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
GROUPS = {"weekday": DAY_NAMES[:5], "weekend": DAY_NAMES[5:], "all": [*DAY_NAMES, "holiday"]}


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def days_between(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> list[date]:
    """Return the local days that end in the period: each day is billed once, if there was one."""
    day, found = starts_at.astimezone(zone).date() - timedelta(days=1), []
    while (end := midnight(day + timedelta(days=1), zone)) <= ends_at:
        if end > starts_at and end > midnight(day, zone):
            found.append(day)
        day += timedelta(days=1)
    return found


def local(moment: datetime, zone: ZoneInfo, clock: str) -> datetime:
    """Return what the clock shows; the standard clock never changes."""
    if clock == "wall":
        return moment.astimezone(zone).replace(tzinfo=None)
    year = moment.astimezone(zone).year
    ends = (datetime(year, month, 1, tzinfo=UTC).astimezone(zone) for month in (1, 7))
    ahead = min(end.utcoffset() or timedelta() for end in ends)
    return moment.astimezone(UTC).replace(tzinfo=None) + ahead


def in_season(tariff: Definition, season: str, day: date) -> bool:
    key = f"{day:%m-%d}"
    for part in tariff["seasons"][season]:
        first, last = part["first"], part["last"]
        if first <= key <= last if first <= last else key >= first or key <= last:
            return True
    return False


def in_band(tariff: Definition, band: str, shown: datetime) -> bool:
    """Say whether a band holds; a window over midnight is two windows of the same day."""
    name, clock = day_name(tariff, shown.date()), f"{shown:%H:%M}"
    for window in tariff["bands"][band]:
        start, end = window.get("from", "00:00"), window.get("to", "24:00")
        inside = start <= clock < end if start < end else clock >= start or clock < end
        if inside and name in _names(window):
            return True
    return False


def day_name(tariff: Definition, day: date) -> str:
    days = [d["day"] if isinstance(d, Mapping) else d for d in tariff.get("holidays", [])]
    return "holiday" if day.isoformat() in days else DAY_NAMES[day.weekday()]


def months_earlier(day: date, months: int) -> date:
    """Return the same day some months before; the last of a month that is too short for it."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def whole_months(first: date, end: date) -> int:
    """Return how many months lie between two days; `end` is the first day without.

    :raises NotPriceable: if it is no whole number of them
    """
    months = (end.year - first.year) * 12 + end.month - first.month
    if months < 1 or months_earlier(end, months) != first:
        raise NotPriceable(f"{first} to {end} are no whole months")
    return months


def _names(window: Mapping[str, Any]) -> list[str]:
    days = window.get("days", "all")
    return [n for d in ([days] if isinstance(days, str) else days) for n in GROUPS.get(d, [d])]

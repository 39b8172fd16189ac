"""Tells of days on which the clocks change, where use does not fit them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.periods import local_date, midnight

DAY = timedelta(days=1)
NO_TIME, SECOND = timedelta(), timedelta(seconds=1)
HOUR_S = 3600


def note(first: datetime, second: datetime, zone: ZoneInfo) -> str:
    """Return what the clocks did near two moments, as the end of a sentence; "" if nothing."""
    days = {local_date(moment, zone) - DAY * back for moment in (first, second) for back in (0, 1)}
    for day in sorted(days):
        if _hours(day, zone) != "24":
            return f" ({told(day, zone)})"
    return ""


def warnings(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> list[str]:
    """Tell of days or more that neither start nor end with a day of the zone."""
    edges = starts_at, ends_at
    if ends_at - starts_at < DAY or any(at == midnight(local_date(at, zone), zone) for at in edges):
        return []
    first, last = (local(at, zone) for at in edges)
    return [
        f"what is priced is from {first} to {last}, not from midnight to midnight in {zone.key}"
    ]


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment by the clock of the zone, with its offset."""
    return moment.astimezone(zone).isoformat()


def told(day: date, zone: ZoneInfo) -> str:
    """Say how long a day is, by both of its clocks."""
    starts_at, ends_at = _edges(day, zone)
    before, after = _offset(starts_at - SECOND, zone), _offset(ends_at, zone)
    return (
        f"{day} has {_hours(day, zone)} hours in {zone.key}: its clocks change from "
        f"UTC{before} to UTC{after}"
    )


def day_cut_short(edge: datetime, zone: ZoneInfo) -> date | None:
    """Return the day of another length that ends, or starts, at this edge if it had 24 hours."""
    near = local_date(edge, zone)
    for day in (near - DAY, near, near + DAY):
        starts_at, ends_at = _edges(day, zone)
        if ends_at - starts_at in (DAY, NO_TIME):
            continue
        if edge in (starts_at + DAY, ends_at - DAY):
            return day
    return None


def _hours(day: date, zone: ZoneInfo) -> str:
    starts_at, ends_at = _edges(day, zone)
    return f"{(ends_at - starts_at).total_seconds() / HOUR_S:g}"


def _edges(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when a day lasts; the same moment twice of a day that was skipped."""
    return midnight(day, zone), midnight(day + DAY, zone)


def _offset(moment: datetime, zone: ZoneInfo) -> str:
    written = f"{moment.astimezone(zone):%z}"
    return f"{written[:3]}:{written[3:5]}"

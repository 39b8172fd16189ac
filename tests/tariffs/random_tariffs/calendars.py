"""Zones, cycles and segments around the awkward days; seasons, bands and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.tariffs.random_tariffs.dice import Dice

ZONES = (
    "America/New_York", "Europe/Berlin", "Europe/London", "Australia/Sydney", "Asia/Kathmandu",
    "America/St_Johns", "Africa/Cairo", "Atlantic/Azores", "America/Havana", "UTC",
    "Pacific/Auckland", "Asia/Singapore", "Australia/Lord_Howe",
)  # fmt: skip
HALF_HOUR_SHIFT = "Australia/Lord_Howe"  # its clocks change by half an hour
NEVER = ("Asia/Kathmandu", "UTC", "Asia/Singapore")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EDGES = ("01:00", "02:00", "03:00", "06:00", "07:00", "12:00", "16:00", "20:00", "22:00", "23:00")
HALF_EDGES = ("00:30", "02:30", "06:30", "16:30", "21:30", "23:30")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


@cache
def clock_changes(zone_name: str) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days of 2024 to 2027 that are longer, and those that are shorter."""
    zone, day = ZoneInfo(zone_name), date(2024, 1, 2)
    longer, shorter = [], []
    while day.year < 2028:
        length = midnight(day + timedelta(days=1), zone) - midnight(day, zone)
        if length != timedelta(days=1):
            (longer if length > timedelta(days=1) else shorter).append(day)
        day += timedelta(days=1)
    return tuple(longer), tuple(shorter)


def awkward_day(dice: Dice, zone_name: str) -> date:
    """Return a day that the period should hold."""
    kinds = ("clocks back", "clocks forward", "leap day", "new year", "any day")
    weights = (3, 3, 2, 2, 3) if zone_name not in NEVER else (0, 0, 2, 2, 3)
    kind = dice.choose("day", kinds, weights)
    if kind.startswith("clocks"):
        return dice.one(clock_changes(zone_name)[kind == "clocks forward"])
    if kind == "leap day":
        return date(dice.one((2024, 2028)), 2, 29)
    if kind == "new year":
        return date(dice.whole(2024, 2027), 12, 31)
    return date(2024, 1, 15) + timedelta(days=dice.whole(0, 1300))


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, min(day.day, 28))


def cycle_around(dice: Dice, day: date, *, few_days: bool) -> tuple[date, date]:
    """Return the first day of a cycle that holds the day, and the first without."""
    odds = (5, 4, 1, 0) if few_days else (2, 6, 2, 2)
    kind = dice.choose("cycle", ("days", "month", "two months", "many days"), odds)
    if kind == "days":
        first = day - timedelta(days=dice.whole(0, 3))
        return first, day + timedelta(days=dice.whole(1, 4))
    if kind == "many days":
        first = day - timedelta(days=dice.whole(0, 20))
        return first, day + timedelta(days=dice.whole(5, 40))
    first = day.replace(day=dice.one((1, 1, min(day.day, 28))))
    end = next_month(first)
    return (first, next_month(end)) if kind == "two months" else (first, end)


def billed_days(dice: Dice, day: date, cycle: tuple[date, date], *, most: int) -> tuple[date, date]:
    """Return which part of a cycle is billed: all of it, or the days of one who moved."""
    first, end = cycle
    length = (end - first).days
    if length <= most and not dice.has("part of the cycle", 0.4):
        return cycle
    dice.found.add("part of the cycle")
    days = min(dice.whole(1, most), length)
    starts = min(max(day - timedelta(days=dice.whole(0, days - 1)), first), end - _days(days))
    return starts, starts + _days(days)


def seasons(dice: Dice) -> dict[str, list[dict[str, str]]]:
    """Return seasons that part the year: at New Year, over it, on leap day."""
    cuts = sorted({dice.one(("01-01", "02-29", "03-01", "03-16", "04-01", "06-01", "10-01",
                             "11-01", "11-16", "12-31")) for _ in range(4)})  # fmt: skip
    if len(cuts) < 2:
        cuts = ["04-01", "10-01"]
    names = ("winter", "summer") if dice.maybe(0.7) else ("dry", "wet", "mild")
    found: dict[str, list[dict[str, str]]] = {}
    for i, first in enumerate(cuts):
        last = _day_before(cuts[(i + 1) % len(cuts)])
        found.setdefault(names[i % len(names)], []).append({"first": first, "last": last})
    if len(found) > 1 and any(r["first"] > r["last"] for rs in found.values() for r in rs):
        dice.found.add("season over New Year")
    return found


def _day_before(key: str) -> str:
    return f"{datetime.strptime(f'2024-{key}', '%Y-%m-%d') - timedelta(days=1):%m-%d}"


def bands(dice: Dice, interval_m: int) -> dict[str, list[dict[str, Any]]]:
    """Return bands that part the week: two or three, some by day type, some over midnight."""
    edges = EDGES + HALF_EDGES if 30 % interval_m == 0 else EDGES
    start, middle, end = sorted(dice.random.sample(edges, 3))
    if not dice.has("bands by day type", 0.5):
        dice.found.add("window over midnight")
        found = {"low": [{"from": end, "to": start}], "high": [{"from": start, "to": end}]}
        if dice.maybe(0.4):
            found["high"] = [{"from": start, "to": middle}]
            found["top"] = [{"from": middle, "to": end}]
        return found
    free = dice.one(([["weekend", "holiday"]], [["sat", "sun", "holiday"]], [["sun"]]))[0]
    busy = _others(free)
    return {
        "low": [{"days": free}, {"days": busy, "from": end, "to": start}],
        "high": [{"days": busy, "from": start, "to": end}],
    }


def _others(free: list[str]) -> list[str]:
    groups = {"weekend": ("sat", "sun")}
    taken = {name for day in free for name in groups.get(day, (day,))}
    left = [day for day in (*DAYS, "holiday") if day not in taken]
    return left


def holidays(dice: Dice, day: date) -> list[Any]:
    near = sorted({day + timedelta(days=dice.whole(-3, 3)) for _ in range(dice.whole(1, 2))})
    if dice.has("named holidays", 0.4):
        return [{"day": d.isoformat(), "name": "Holiday (observed)"} for d in near]
    return [d.isoformat() for d in near]


def _days(count: int) -> timedelta:
    return timedelta(days=count)

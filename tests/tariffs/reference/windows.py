"""Averages over windows of time: the power behind readings of energy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import isqrt
from typing import NamedTuple

from tests.tariffs.reference.clock import local
from tests.tariffs.reference.facts import Charge, NotPriceable, Readings
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import moments, row_of_each, rows_of


class Window(NamedTuple):
    day: date  # of its first reading
    row: int | None  # in which it lies wholly
    power: int  # average, in W or VA


def windows(
    journey: Journey, index: int, place: int, charge: Charge, use: Readings
) -> Iterator[Window]:
    """Yield the windows over the readings of a place, by the calendar of the tariff at index.

    The energy of a window that is cut short by the edge of a segment or a change of the clock
    counts over the full minutes, as in a demand register.
    """
    rows = row_of_each(journey, index, rows_of(charge), use)
    shown = _shown(journey, index, use, journey.segments[index].tariff.get("clock", "wall"))
    wall = _shown(journey, index, use, "wall")
    reactive = _reactive(journey, place, charge, use)
    minutes = int(charge.get("minutes", 15))
    for span in _spans(charge, use, shown, minutes):
        power = average(sum(use.values[span]), minutes)
        if reactive is not None:
            power = apparent(power, average(sum(reactive[span]), minutes))
        yield Window(wall[span.start].date(), _common(rows[span]), power)


def average(energy: int, minutes: int) -> int:
    """Return the average power of an energy in base units per hour; 60 ÷ minutes is whole."""
    return energy * (60 // minutes)


def apparent(active: int, reactive: int) -> int:
    """Return the root of the sum of squares, half up to a whole number."""
    return (isqrt(4 * (active * active + reactive * reactive)) + 1) // 2


def _spans(charge: Charge, use: Readings, shown: list[datetime], minutes: int) -> Iterator[slice]:
    count, size = len(use.values), minutes * 60 // use.interval_s
    if charge.get("rolling"):
        for first in range(1 - size, count):
            yield slice(max(first, 0), min(first + size, count))
        return
    begins = [i for i in range(count) if i == 0 or _begins(shown, i, use.interval_s, minutes)]
    for first, end in zip(begins, [*begins[1:], count], strict=True):
        yield slice(first, end)


def _begins(shown: list[datetime], place: int, interval_s: int, minutes: int) -> bool:
    """Say whether the clock begins a window, or was changed."""
    changed = shown[place] - shown[place - 1] != timedelta(seconds=interval_s)
    return changed or shown[place].minute % minutes == 0


def _common(rows: list[int | None]) -> int | None:
    return rows[0] if len(set(rows)) == 1 else None


def _shown(journey: Journey, index: int, use: Readings, clock: str) -> list[datetime]:
    segment = journey.segments[index]
    key = index, clock, use.starts_at, use.interval_s
    if key not in journey.rows_at:
        journey.rows_at[key] = [local(m, segment.zone, clock) for m in moments(use)]
    known: list[datetime] = journey.rows_at[key]
    return known


def _reactive(journey: Journey, place: int, charge: Charge, use: Readings) -> list[int] | None:
    if "with_reactive" not in charge:
        return None
    other = journey.use(place, charge["with_reactive"])
    if not isinstance(other, Readings) or other.interval_s != use.interval_s:
        raise NotPriceable("active and reactive readings do not match")
    return other.values

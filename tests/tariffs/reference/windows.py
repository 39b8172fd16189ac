"""Averages over windows of time: the power behind readings of energy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isqrt
from typing import NamedTuple

from tests.tariffs.reference.clock import local
from tests.tariffs.reference.facts import Charge, NotPriceable, Readings, Segment
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import moments, row_of_each, rows_of


class Window(NamedTuple):
    day: date  # of its first reading
    row: int | None  # in which it lies wholly
    power: int  # average, in W or VA


def windows(journey: Journey, index: int, charge: Charge, use: Readings) -> Iterator[Window]:
    """Yield every window that lies wholly in the readings."""
    rows = row_of_each(journey, index, rows_of(charge), use)
    shown = _shown(journey, index, use)
    reactive = _reactive(journey, index, charge, use)
    minutes = int(charge.get("minutes", 15))
    size = minutes * 60 // use.interval_s
    for first in range(len(use.values) - size + 1):
        if not charge.get("rolling") and shown[first].minute % minutes:
            continue
        span = slice(first, first + size)
        power = average(sum(use.values[span]), minutes)
        if reactive is not None:
            power = apparent(power, average(sum(reactive[span]), minutes))
        yield Window(shown[first].date(), _common(rows[span]), power)


def average(energy: int, minutes: int) -> int:
    """Return the average power of an energy in base units per hour; 60 ÷ minutes is whole."""
    return energy * (60 // minutes)


def apparent(active: int, reactive: int) -> int:
    """Return the root of the sum of squares, half up to a whole number."""
    return (isqrt(4 * (active * active + reactive * reactive)) + 1) // 2


def _common(rows: list[int | None]) -> int | None:
    return rows[0] if len(set(rows)) == 1 else None


def _shown(journey: Journey, index: int, use: Readings) -> list:
    segment: Segment = journey.segments[index]
    clock = segment.tariff.get("clock", "wall")
    key = index, clock, use.starts_at, use.interval_s
    if key not in journey.rows_at:
        journey.rows_at[key] = [local(m, segment.zone, clock) for m in moments(use)]
    return journey.rows_at[key]


def _reactive(journey: Journey, index: int, charge: Charge, use: Readings) -> list[int] | None:
    if "with_reactive" not in charge:
        return None
    other = journey.use(index, charge["with_reactive"])
    if not isinstance(other, Readings) or other.interval_s != use.interval_s:
        raise NotPriceable("active and reactive readings do not match")
    return other.values

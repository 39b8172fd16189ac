"""How wide a slab is in this segment."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.tariffs.reference.clock import whole_months
from tests.tariffs.reference.facts import Charge, Total
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import BASE_UNITS, number, whole

Bounds = list[int | None]


def bounds(
    journey: Journey, index: int, charge: Charge, rows: Sequence[Any], season: str
) -> Bounds:
    """Return the upper bounds in base units; each width is rounded, the last bound is open."""
    found: Bounds = []
    lower, upper = Fraction(0), 0
    for row in rows:
        if "up_to" not in row:
            found.append(None)
            continue
        bound = number(row["up_to"]) * BASE_UNITS[charge["unit"]]
        upper += width(journey, index, charge, bound - lower, season)
        lower = bound
        found.append(upper)
    return found


def width(journey: Journey, index: int, charge: Charge, units: Fraction, season: str = "") -> int:
    """Return a width of a full cycle as it is in this segment, half up to base units."""
    share = part_of_cycle(journey, index, charge, season)
    return whole(units * share * _times(journey, index, charge))


def part_of_cycle(journey: Journey, index: int, charge: Charge, season: str) -> Fraction:
    """Return what part of a stated width this segment has."""
    days = len(journey.days(index, season))
    default = "whole" if "attribute" in charge else "prorate"
    rule, cycle = charge.get("slab_width", default), len(journey.cycle_days(index))
    whole_days = within(journey, index, charge)
    if whole_days is not None:
        times = months(journey, index) if rule == "months" else 1
        return Fraction(times * days, whole_days)
    if rule == "per_day":
        return Fraction(days)
    if rule == "30_days":
        return Fraction(days, 30)
    if rule == "year":
        return Fraction(days, 365)
    if rule == "months":
        return Fraction(days * months(journey, index), cycle)
    return Fraction(days, cycle) if rule == "prorate" else Fraction(1)


def within(journey: Journey, index: int, charge: Charge) -> int | None:
    """Return the billed days of the agreement if they are in the band of days that is whole."""
    if "whole_days" not in charge:
        return None
    billed, band = journey.billed_days(index), charge["whole_days"]
    return billed if int(band["from"]) <= billed <= int(band["to"]) else None


def months(journey: Journey, index: int) -> int:
    """Return the whole months of the cycle.

    :raises NotPriceable: if it is no whole number of them
    """
    segment = journey.segments[index]
    first, end = (moment.astimezone(segment.zone).date() for moment in segment.cycle)
    return whole_months(first, end)


def _times(journey: Journey, index: int, charge: Charge) -> Fraction:
    """Return what the widths are multiplied by: kW of billing demand, or an attribute."""
    times = charge.get("slab_times", {})
    if "demand" in times:
        return Fraction(journey.demand.get((index, times["demand"]), 0), 1000)
    if "attribute" in times:
        use = journey.use(index, f"@{times['attribute']}")
        assert isinstance(use, Total)
        return Fraction(use.value, 1000)
    return Fraction(1)

"""A price per kW or kVA of billing demand: peak, ratchet, floor, rounding, slabs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.tariffs.reference import peaks, slabs, steps
from tests.tariffs.reference.clock import in_season, months_earlier
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import Row, rows_of
from tests.tariffs.reference.numbers import number, price_of, whole


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a line for each price row and slab, and what was measured where it differs."""
    borne = journey.bearers(index, charge["code"]) if is_whole(charge) else [index]
    measured = peaks.measured(journey, index, charge, borne)
    peaks.remember(journey, index, charge, measured)
    billed = [billing_demand(journey, index, charge, peak) for peak in measured]
    times = [_times(journey, index, charge, row, borne) for row in rows_of(charge)]
    due = [place for place, share in enumerate(times) if share]
    journey.demand[index, charge["code"]] = max((billed[place] for place in due), default=0)
    if is_whole(charge) and not journey.is_last_of(index, charge["code"]):
        return
    for place in due:
        names = _names(charge, place)
        if billed[place] != measured[place]:
            told = Fraction(measured[place], 1000)
            journey.tell(index, charge, told, unit=charge["unit"], tag="metered", **names)
        _lines(journey, index, charge, place, billed[place], times[place])


def is_whole(charge: Charge) -> bool:
    """Say whether the last segment bears the demand of the whole cycle."""
    basis = charge.get("basis", "period")
    return basis == "period" and charge.get("proration", "days") == "whole"


def _names(charge: Charge, place: int) -> dict[str, object]:
    row = rows_of(charge)[place]
    return {"row": place, "season": row.get("season", ""), "band": row.get("band", "")}


def _lines(
    journey: Journey, index: int, charge: Charge, place: int, billed: int, times: Fraction
) -> None:
    row = rows_of(charge)[place]
    ladder = row.get("slabs", [row])
    bounds = [whole(number(s["up_to"]) * 1000) if "up_to" in s else None for s in ladder]
    if charge.get("slab_rule") == "whole_quantity":
        parts = slabs.at_reached({place: billed}, bounds)
    else:
        parts = slabs.marginal(place, billed, bounds)
    for part in parts:
        if part.units:
            quantity = Fraction(part.units, 1000) * times
            price = price_of(ladder[part.slab])
            journey.put(index, charge, quantity, price, slab=part.slab, **_names(charge, place))


def billing_demand(journey: Journey, index: int, charge: Charge, peak: int) -> int:
    billed = peak
    if "ratchet" in charge:
        billed = _held_up(journey, index, charge, peak)
    if "floor" in charge:
        billed = max(billed, whole(number(charge["floor"]) * 1000))
    return steps.rounded(billed, charge) if "round_quantity" in charge else billed


def _held_up(journey: Journey, index: int, charge: Charge, peak: int) -> int:
    """Return the peak, held up by a part of the greatest earlier one, or a part of the mean."""
    rule = charge["ratchet"]
    earlier = _earlier(journey, index, charge)
    percent = number(rule["percent"]) / 100
    if rule.get("rule", "greatest") == "mean":
        return whole(percent * Fraction(sum([peak, *earlier]), len(earlier) + 1))
    return max(peak, whole(percent * max(earlier, default=0)))


def _earlier(journey: Journey, index: int, charge: Charge) -> list[int]:
    """Return the peaks of periods that start in the months before this cycle."""
    segment, rule = journey.segments[index], charge["ratchet"]
    past = journey.past.get(segment.key)
    if past is None:
        return []
    first: date = segment.cycle[0].astimezone(segment.zone).date()
    since, season = months_earlier(first, int(rule["months"])), rule.get("season")
    return [
        peak
        for day, peak in past.peaks.get(charge["code"], [])
        if since <= day < first and (not season or in_season(segment.tariff, season, day))
    ]


def _times(journey: Journey, index: int, charge: Charge, row: Row, borne: list[int]) -> Fraction:
    """Return how much of a period, or how many days, are due for each kW."""
    every = [day for other in borne for day in journey.days(other)]
    days = len(journey.of_season(index, every, row.get("season", "")))
    if charge.get("peak") == "daily":
        return Fraction(min(days, 1))
    if charge.get("basis", "period") == "day":
        return Fraction(days)
    cycle = len(every) if is_whole(charge) else len(journey.cycle_days(index))
    return Fraction(days, cycle) if cycle else Fraction(0)

"""A price per kW or kVA of billing demand: peak, ratchet, floor, rounding, slabs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.tariffs.reference import slabs, steps
from tests.tariffs.reference.clock import in_season, months_earlier
from tests.tariffs.reference.facts import Charge, Readings, Registers
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import Row, rows_of, total_of
from tests.tariffs.reference.numbers import number, price_of, whole
from tests.tariffs.reference.windows import windows


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a line for each price row and slab, and what was measured where it differs."""
    at_once = _is_whole(charge)
    last = journey.is_last_of(index, charge["code"])
    measured = peaks(journey, index, charge)
    _remember(journey, index, charge, measured)
    if at_once and not last:
        return
    if at_once:
        measured = _of_the_cycle(journey, index, charge)
    for place in range(len(rows_of(charge))):
        if place in measured:
            _row(journey, index, charge, place, measured[place])


def peaks(journey: Journey, index: int, charge: Charge) -> dict[int, int]:
    """Return the measured peak of each price row that has days here."""
    use = journey.use(index, charge.get("source", "import"))
    rows = rows_of(charge)
    found = {i: 0 for i, row in enumerate(rows) if journey.days(index, row.get("season", ""))}
    if isinstance(use, Readings):
        daily: dict[int, dict[date, int]] = {place: {} for place in found}
        for day, row, power in windows(journey, index, charge, use):
            if row in daily:
                daily[row][day] = max(daily[row].get(day, 0), power)
        return {place: _peak(charge, list(daily[place].values())) for place in found}
    if isinstance(use, Registers):
        return {place: use.values[rows[place]["band"]] for place in found}
    return {place: total_of(use) for place in found}


def _peak(charge: Charge, daily: list[int]) -> int:
    rule = charge.get("peak", "greatest")
    if rule == "greatest":
        return max(daily, default=0)
    if rule == "daily":
        return sum(daily)
    greatest = sorted(daily, reverse=True)[: int(rule["mean_of"])]
    return whole(Fraction(sum(greatest), len(greatest))) if greatest else 0


def _of_the_cycle(journey: Journey, index: int, charge: Charge) -> dict[int, int]:
    """Return the greatest of the whole cycle for each row, over all segments that have it."""
    found: dict[int, int] = {}
    for other in journey.bearers(index, charge["code"]):
        theirs = next(
            c for c in journey.segments[other].tariff["charges"] if c["code"] == charge["code"]
        )
        for place, peak in peaks(journey, other, theirs).items():
            found[place] = max(found.get(place, 0), peak)
    return found


def _remember(journey: Journey, index: int, charge: Charge, measured: dict[int, int]) -> None:
    key = journey.segments[index].key, charge["code"]
    known = journey.bill.peaks.get(key, 0)
    journey.bill.peaks[key] = max(known, *measured.values()) if measured else known


def _row(journey: Journey, index: int, charge: Charge, place: int, peak: int) -> None:
    row = rows_of(charge)[place]
    names = {"row": place, "season": row.get("season", ""), "band": row.get("band", "")}
    billed = billing_demand(journey, index, charge, peak)
    journey.demand[index, charge["code"]] = billed
    if billed != peak:
        info = {"kind": "info", "tax_class": "none", "tag": "measured", **names}
        journey.put(index, charge, Fraction(peak, 1000), Fraction(0), **info)
    times = _times(journey, index, charge, row)
    ladder = row.get("slabs", [row])
    bounds = [whole(number(s["up_to"]) * 1000) if "up_to" in s else None for s in ladder]
    place_all = slabs.at_reached if charge.get("slab_rule") == "whole_quantity" else None
    parts = place_all({place: billed}, bounds) if place_all else None
    for part in parts or slabs.marginal(place, billed, bounds):
        if part.units:
            quantity = Fraction(part.units, 1000) * times
            journey.put(
                index, charge, quantity, price_of(ladder[part.slab]), slab=part.slab, **names
            )


def billing_demand(journey: Journey, index: int, charge: Charge, peak: int) -> int:
    billed = peak
    if "ratchet" in charge:
        billed = max(billed, _held_up(journey, index, charge, peak))
    if "floor" in charge:
        billed = max(billed, whole(number(charge["floor"]) * 1000))
    return steps.rounded(billed, charge) if "round_quantity" in charge else billed


def _held_up(journey: Journey, index: int, charge: Charge, peak: int) -> int:
    """Return what earlier peaks hold the demand up to; one's own counts only in a mean."""
    rule = charge["ratchet"]
    earlier = _earlier(journey, index, charge)
    percent = number(rule["percent"]) / 100
    if rule.get("rule", "greatest") == "mean":
        return whole(percent * Fraction(sum([peak, *earlier]), len(earlier) + 1))
    return whole(percent * max(earlier, default=0))


def _earlier(journey: Journey, index: int, charge: Charge) -> list[int]:
    """Return the peaks of periods that start in the months before this cycle."""
    segment, rule = journey.segments[index], charge["ratchet"]
    past = journey.past.get(segment.key)
    if past is None:
        return []
    first = segment.cycle[0].astimezone(segment.zone).date()
    since, season = months_earlier(first, int(rule["months"])), rule.get("season")
    return [
        peak
        for day, peak in past.peaks.get(charge["code"], [])
        if since <= day < first and (not season or in_season(segment.tariff, season, day))
    ]


def _times(journey: Journey, index: int, charge: Charge, row: Row) -> Fraction:
    """Return how much of a period is due for each kW."""
    days = len(journey.days(index, row.get("season", "")))
    if charge.get("peak") == "daily" or _is_whole(charge):
        return Fraction(1)
    if charge.get("basis", "period") == "day":
        return Fraction(days)
    return Fraction(days, len(journey.cycle_days(index)))


def _is_whole(charge: Charge) -> bool:
    basis = charge.get("basis", "period")
    return basis == "period" and charge.get("proration", "days") == "whole"

"""What happens to a metered quantity before it is priced."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.tariffs.reference import measure
from tests.tariffs.reference.facts import Charge, NotPriceable, Segment
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import BASE_UNITS, METERED, number, to_step, whole
from tests.tariffs.reference.widths import width

STEPS = ("less", "share_percent", "conversion", "at_most", "round_quantity")


def has_steps(charge: Charge) -> bool:
    return any(name in charge for name in STEPS)


def stepped(
    journey: Journey,
    index: int,
    charge: Charge,
    rows: Sequence[measure.Row],
    used: dict[int | None, int],
) -> dict[int | None, int]:
    """Return what is priced in each row, whole base units after each step."""
    for less in charge.get("less", []):
        used = _less(used, _taken_off(journey, index, rows, less))
    if "share_percent" in charge:
        share = number(charge["share_percent"]) / 100
        used = {row: whole(units * share) for row, units in used.items()}
    if "conversion" in charge:
        factor = conversion(charge, journey.segments[index])
        used = {row: whole(units * factor) for row, units in used.items()}
    if "at_most" in charge:
        cap = _cap(journey, index, charge)
        used = {row: min(units, cap) for row, units in used.items()}
    if "round_quantity" in charge:
        used = {row: rounded(units, charge) for row, units in used.items()}
    return used


def conversion(charge: Charge, segment: Segment) -> Fraction:
    """Return the base units that are priced for one that is metered."""
    given = charge["conversion"]
    product = Fraction(BASE_UNITS[charge["unit"]], BASE_UNITS[given["from"]])
    for factor in given["factors"]:
        value = _value(factor, segment)
        product = product / value if factor.get("by") == "divide" else product * value
    return product


def metered_unit(charge: Charge) -> str:
    return str(charge["conversion"]["from"] if "conversion" in charge else charge["unit"])


def rounded(units: int, charge: Charge) -> int:
    """Round base units to whole multiples of what the charge says."""
    rule = charge["round_quantity"]
    step = number(rule["to"]) * BASE_UNITS[charge["unit"]]
    return int(to_step(Fraction(units), step, rule.get("rounding", "half_up")))


def base_unit(unit: str) -> str:
    return METERED[unit]


def _value(factor: Charge, segment: Segment) -> Fraction:
    if "value" in factor:
        return number(factor["value"])
    if factor["given"] not in segment.given:
        raise NotPriceable(f"no {factor['given']} is given")
    return segment.given[factor["given"]]


def _cap(journey: Journey, index: int, charge: Charge) -> int:
    units = number(charge["at_most"]) * BASE_UNITS[charge["unit"]]
    return width(journey, index, charge, units)


def _taken_off(
    journey: Journey, index: int, rows: Sequence[measure.Row], less: Charge
) -> dict[int | None, int]:
    percent = number(less.get("percent", "100")) / 100
    other: dict[int | None, int] = {}
    for row, units in measure.runs(journey, index, rows, less["source"]):
        other[row] = other.get(row, 0) + units
    return {row: whole(units * percent) for row, units in other.items()}


def _less(used: dict[int | None, int], off: dict[int | None, int]) -> dict[int | None, int]:
    return {row: max(units - off.get(row, 0), 0) for row, units in used.items()}

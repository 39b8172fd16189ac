"""An amount per period, day, month or year, whatever the use."""

from __future__ import annotations

from fractions import Fraction

from tests.tariffs.reference import widths
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import rows_of
from tests.tariffs.reference.numbers import price_of


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a line for each season that has days here."""
    if is_whole(charge) and not journey.is_last_of(index, charge["code"]):
        return
    for place, row in enumerate(rows_of(charge)):
        quantity = _quantity(journey, index, charge, row.get("season", ""))
        if quantity:
            names = {"row": place, "season": row.get("season", ""), "unit": ""}
            journey.put(index, charge, quantity, price_of(row), **names)


def is_whole(charge: Charge) -> bool:
    basis = charge.get("basis", "period")
    return basis in ("period", "month") and charge.get("proration", "days") == "whole"


def _quantity(journey: Journey, index: int, charge: Charge, season: str) -> Fraction:
    """Return how many times the price is due."""
    basis = charge.get("basis", "period")
    days = journey.days(index, season)
    if basis == "day":
        return Fraction(len(days))
    if basis == "served_day":
        return Fraction(len(set(days) - journey.segments[index].unserved))
    if basis == "30_days":
        return Fraction(len(days), 30)
    if basis == "year":
        return Fraction(len(days), 365)
    times = widths.months(journey, index) if basis == "month" else 1
    return times * _part(journey, index, charge, season)


def _part(journey: Journey, index: int, charge: Charge, season: str) -> Fraction:
    """Return what part of the period is billed: days ÷ days of the cycle, or all of it."""
    if is_whole(charge):
        return Fraction(1)
    whole_days = widths.within(journey, index, charge)
    cycle = len(journey.cycle_days(index)) if whole_days is None else whole_days
    return Fraction(len(journey.days(index, season)), cycle)

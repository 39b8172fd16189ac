"""An amount per period, day, month or year, whatever the use."""

from __future__ import annotations

from datetime import date
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
    for row in rows_of(charge):
        quantity = _quantity(journey, index, charge, row.get("season", ""))
        if quantity:
            names = {"season": row.get("season", ""), "unit": ""}
            journey.put(index, charge, quantity, price_of(row), **names)


def is_whole(charge: Charge) -> bool:
    basis = charge.get("basis", "period")
    return basis in ("period", "month") and charge.get("proration", "days") == "whole"


def _quantity(journey: Journey, index: int, charge: Charge, season: str) -> Fraction:
    """Return how many times the price is due."""
    basis = charge.get("basis", "period")
    days = journey.of_season(index, _days(journey, index, charge), season)
    if basis == "day":
        return Fraction(len(days))
    if basis == "served_day":
        return Fraction(len(set(days) - journey.segments[index].unserved))
    if basis == "year":
        return Fraction(len(days), 365)
    times = widths.months(journey, index) if basis == "month" else 1
    whole_days = widths.within(journey, index, charge)
    if whole_days is not None:
        return times * Fraction(len(days), whole_days)
    if basis == "30_days":
        return Fraction(len(days), 30)
    return times * Fraction(len(days), len(journey.cycle_days(index)))


def _days(journey: Journey, index: int, charge: Charge) -> list[date]:
    """Return the days that the amount is for: of the segment, or of the whole cycle."""
    return journey.cycle_days(index) if is_whole(charge) else journey.days(index)

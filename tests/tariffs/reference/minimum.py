"""Tops up a sum of charges to the least amount of the period, or of the year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.tariffs.reference.clock import months_earlier
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number, whole


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add the top-up once for the agreement and cycle, in the last segment that has it."""
    if not journey.is_last_of(index, charge["code"]):
        return
    own = journey.sum_of(journey.base(index, charge["of"]), journey.siblings(index))
    journey.bill.bases[journey.segments[index].key, charge["code"]] = whole(own / journey.minor)
    if charge.get("basis", "period") == "year":
        year_end = _year_end(journey, index, charge)
        if year_end is None:
            return
        own += _earlier(journey, index, charge, year_end)
    least = least_amount(journey, index, charge)
    missing = least - own
    if missing > 0:
        names = {"unit": "money", "tag": "top-up"}
        journey.put(index, charge, missing, Fraction(1), **names)


def least_amount(journey: Journey, index: int, charge: Charge) -> Fraction:
    """Return the least amount of the days that are billed, in whole minor units."""
    price, basis = number(charge["price"]), charge.get("basis", "period")
    days, cycle = Fraction(journey.billed_days(index)), len(journey.cycle_days(index))
    if basis == "day":
        price *= days
    elif basis == "30_days":
        price *= days / 30
    elif basis == "period" and charge.get("proration", "days") == "days":
        price *= days / cycle
    return whole(price / journey.minor, journey.rounding_of(index)) * journey.minor


def _year_end(journey: Journey, index: int, charge: Charge) -> date | None:
    """Return the day of this cycle on which the year ends, if it has it."""
    wanted = charge.get("year_ends", "12-31")
    return next((day for day in journey.cycle_days(index) if f"{day:%m-%d}" == wanted), None)


def _earlier(journey: Journey, index: int, charge: Charge, year_end: date) -> Fraction:
    """Return the bases of earlier periods of the year that ends on this day."""
    segment = journey.segments[index]
    past = journey.past.get(segment.key)
    since = months_earlier(year_end, 12)
    known = past.bases.get(charge["code"], []) if past else []
    return sum((Fraction(amount) for day, amount in known if day > since), Fraction(0)) * (
        journey.minor
    )

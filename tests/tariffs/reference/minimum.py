"""Tops up a sum of charges to the least amount of the period, or of the year."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tests.tariffs.reference.chain import Link, links
from tests.tariffs.reference.clock import months_earlier
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number, whole


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add the top-up once for the agreement and cycle, in the last segment that has it."""
    chain = links(journey, index, charge)
    holding = [link for link in chain if link.holds]
    own = sum((_base(journey, link) for link in holding), Fraction(0))
    if chain and charge.get("basis", "period") == "year":
        kept = whole(own / journey.minor, journey.rounding_of(index))
        journey.bill.bases[journey.segments[index].key, charge["code"]] = kept
    if not holding or not _is_due(journey, index, charge):
        return
    of = holding[-1].charge
    if of.get("basis", "period") == "year":
        own += sum(amount for _, amount in _known(journey, index, charge)) * journey.minor
    least = whole(_least(journey, index, holding) / journey.minor, journey.rounding_of(index))
    missing = least * journey.minor - own
    if missing > 0:
        journey.put(index, of, missing, Fraction(1), unit="money", tag="top-up")


def _base(journey: Journey, link: Link) -> Fraction:
    return journey.sum_of(journey.base(link.index, link.charge["of"]), [link.index])


def _is_due(journey: Journey, index: int, charge: Charge) -> bool:
    """Say whether this bill tops up: a year is over where the cycle holds its last day."""
    return charge.get("basis", "period") != "year" or _year_end(journey, index, charge) is not None


def _least(journey: Journey, index: int, holding: list[Link]) -> Fraction:
    """Return the least amount of the days that are billed, each at the price of its segment."""
    last = holding[-1].charge
    basis = last.get("basis", "period")
    if basis == "year":
        return number(last["price"]) * _part_of_year(journey, index, holding)
    if last.get("proration", "days") == "whole":
        return number(last["price"])
    prices = {
        day: number(link.charge["price"]) for link in holding for day in journey.days(link.index)
    }
    days = {"day": 1, "30_days": 30}.get(basis, len(journey.cycle_days(index)))
    return sum(prices.values(), Fraction(0)) / days


def _part_of_year(journey: Journey, index: int, holding: list[Link]) -> Fraction:
    """Return the part of the year that is billed, from the first period that is known."""
    charge, end = holding[-1].charge, _year_end(journey, index, holding[-1].charge)
    days = [day for link in holding for day in journey.days(link.index)]
    if charge.get("proration", "whole") == "whole" or end is None:
        return Fraction(1)
    year = (end - months_earlier(end, 12)).days
    begins = [*days, *(day for day, _ in _known(journey, index, charge))]
    if not begins:
        return Fraction(0)
    after = max(days) + timedelta(days=1) if days else journey.cycle_days(index)[0]
    return Fraction(min((after - min(begins)).days, year), year)


def _year_end(journey: Journey, index: int, charge: Charge) -> date | None:
    """Return the day of this cycle on which the year ends, if it has it."""
    wanted = charge.get("year_ends", "12-31")
    return next((day for day in journey.cycle_days(index) if f"{day:%m-%d}" == wanted), None)


def _known(journey: Journey, index: int, charge: Charge) -> list[tuple[date, int]]:
    """Return the bases of earlier periods of the year that ends in this cycle."""
    past = journey.past.get(journey.segments[index].key)
    end, first = _year_end(journey, index, charge), journey.cycle_days(index)[0]
    if end is None or past is None:
        return []
    since = months_earlier(end, 12)
    return [(day, base) for day, base in past.bases.get(charge["code"], []) if since < day < first]

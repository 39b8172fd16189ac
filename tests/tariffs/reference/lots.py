"""Credit that is kept in dated lots: used up oldest first, the rest carried on until it expires."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.tariffs.reference.chain import links
from tests.tariffs.reference.clock import months_earlier
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import whole

Lots = list[tuple[date, int]]


def settle(journey: Journey, index: int, charge: Charge) -> None:
    """Use up old lots and then this period's earnings, as far as there is something to lower.

    Lots are whole minor units; the base is never brought below nothing.
    """
    chain = links(journey, index, charge)
    if not chain:
        return
    minor, room, earned = journey.minor, Fraction(0), Fraction(0)
    for link in chain:
        if link.holds:
            applies_to = journey.base(link.index, link.charge["applies_to"])
            room += journey.sum_of(applies_to, [link.index])
        earned -= journey.sum_of([charge["code"]], [link.index])
    room = max(room, Fraction(0))
    lots = _valid(journey, index, charge)
    may = whole(room / minor, "down") if any(link.holds for link in chain) else 0
    left, used = _use_up(lots, may)
    carried = whole(max(earned - (room - used * minor), Fraction(0)) / minor, "up")
    _line(journey, index, charge, -used, "used")
    _line(journey, index, charge, carried, "carried")
    last = journey.cycle_days(index)[-1]
    kept = [*left, (last, carried)] if carried else left
    journey.bill.lots[journey.segments[index].key, charge["code"]] = kept


def _valid(journey: Journey, index: int, charge: Charge) -> Lots:
    """Return the lots that have not expired on the last day of the cycle, oldest first."""
    past = journey.past.get(journey.segments[index].key)
    lots = sorted(past.lots.get(charge["code"], [])) if past else []
    months = charge.get("expires_after_months")
    if months is None:
        return lots
    last = journey.cycle_days(index)[-1]
    return [lot for lot in lots if last < months_earlier(lot[0], -int(months))]


def _use_up(lots: Lots, room: int) -> tuple[Lots, int]:
    """Return what is left of the lots, and how much was used."""
    left, used = [], 0
    for day, amount in lots:
        taken = min(amount, room - used)
        used += taken
        if amount > taken:
            left.append((day, amount - taken))
    return left, used


def _line(journey: Journey, index: int, charge: Charge, amount: int, tag: str) -> None:
    if amount:
        quantity = amount * journey.minor
        journey.put(index, charge, quantity, Fraction(1), unit="money", tag=tag)

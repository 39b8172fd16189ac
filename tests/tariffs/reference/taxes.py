"""Taxes of the whole bill, in order: each on the sum of its lines, rounded once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.tariffs.reference.conditions import hold
from tests.tariffs.reference.facts import Line
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number, to_step
from tests.tariffs.reference.percent import shares
from tests.tariffs.reference.tax_order import in_order


class Levy(NamedTuple):
    tax: Any
    places: frozenset[int]  # the segments in which it holds
    on: Sequence[Levy]  # earlier taxes that are taxed, too
    base: Fraction
    amount: Fraction


def add_all(journey: Journey) -> None:
    levies: list[Levy] = []
    for tax, indices in in_order(journey):
        places = frozenset(i for i in indices if hold(journey, i, tax.get("when", [])))
        on = [levy for levy in levies if levy.tax["code"] in tax.get("on_taxes", [])]
        base = _base(journey, tax, places, on)
        before = len(journey.bill.lines)
        if places and not ("above" in tax and base <= number(tax["above"])):
            _add(journey, tax, base)
        added = journey.bill.lines[before:]
        amount = sum((journey.worth(line) for line in added), Fraction(0))
        levies.append(Levy(tax, places, on, base, amount))


def _base(journey: Journey, tax: Any, places: Collection[int], on: Sequence[Levy]) -> Fraction:
    lines = [line for line in journey.bill.lines if _is_taxed(line, tax, places)]
    base = sum((journey.worth(line) for line in lines), Fraction(0))
    return base + sum((_part(journey, levy, places) for levy in on), Fraction(0))


def _part(journey: Journey, levy: Levy, places: Collection[int]) -> Fraction:
    """Return what an earlier tax comes to in these segments: its share by its base."""
    both = levy.places & set(places)
    if both == levy.places:
        return levy.amount
    own = _base(journey, levy.tax, both, levy.on)
    part = levy.amount * own / levy.base if levy.base else Fraction(0)
    return part if journey.is_exact(0) else to_step(part, journey.minor, journey.rounding)


def _is_taxed(line: Line, tax: Any, places: Collection[int]) -> bool:
    return line.segment in places and line.tax_class == tax.get("tax_class", "standard")


def _add(journey: Journey, tax: Any, base: Fraction) -> None:
    if tax["kind"] == "flat":
        amount = number(tax["amount"])
        _line(journey, tax, Fraction(1), amount, amount, unit="bill")
    elif tax["kind"] == "exempt":
        _line(journey, tax, base, Fraction(0), Fraction(0), tag="exempt")
    else:
        for share in shares(tax, base):
            exact = share.base * share.percent / 100
            _line(journey, tax, share.base, share.percent, exact, slab=share.band)


def _line(
    journey: Journey, tax: Any, quantity: Fraction, price: Fraction, exact: Fraction, **rest: Any
) -> None:
    names = {"kind": "tax", "tax_class": "none", "unit": "percent", **rest}
    journey.put(-1, tax, quantity, price, exact=exact, **names)

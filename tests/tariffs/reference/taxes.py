"""Taxes of the whole bill, in order: each on the sum of its lines, rounded once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.tariffs.reference.conditions import hold
from tests.tariffs.reference.facts import Line
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number
from tests.tariffs.reference.percent import shares


def add_all(journey: Journey) -> None:
    for tax, places in _in_order(journey):
        _add(journey, tax, places)


def _in_order(journey: Journey) -> list[tuple[Any, list[int]]]:
    """Return each tax once, with the segments that have it and whose conditions hold."""
    found: list[tuple[Any, list[int]]] = []
    for index, segment in enumerate(journey.segments):
        for tax in segment.tariff.get("taxes", []):
            places = next((places for known, places in found if known == tax), None)
            if places is None:
                places = []
                found.append((tax, places))
            if hold(journey, index, tax.get("when", [])):
                places.append(index)
    return found


def _add(journey: Journey, tax: Any, places: list[int]) -> None:
    taxed = [line for line in journey.bill.lines if _is_taxed(line, tax, places)]
    base = sum((journey.worth(line) for line in taxed), Fraction(0))
    if not places or ("above" in tax and base <= number(tax["above"])):
        return
    if tax["kind"] == "flat":
        _line(journey, tax, Fraction(1), number(tax["amount"]), number(tax["amount"]), "")
    elif tax["kind"] == "exempt":
        _line(journey, tax, base, Fraction(0), Fraction(0), "exempt")
    else:
        for share in shares(tax, base):
            exact = share.base * share.percent / 100
            _line(journey, tax, share.base, share.percent, exact, "", slab=share.band)


def _is_taxed(line: Line, tax: Any, places: list[int]) -> bool:
    if line.segment < 0:
        return line.charge in tax.get("on_taxes", [])
    mine = line.tax_class == tax.get("tax_class", "standard")
    return mine and line.segment in places and line.kind != "info"


def _line(
    journey: Journey,
    tax: Any,
    quantity: Fraction,
    price: Fraction,
    exact: Fraction,
    tag: str,
    slab: int = 0,
) -> None:
    names = {"kind": "tax", "tax_class": "none", "unit": "", "tag": tag, "slab": slab}
    journey.put(-1, tax, quantity, price, exact=exact, **names)

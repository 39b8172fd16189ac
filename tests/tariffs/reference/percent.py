"""A percentage of other lines, or a ladder of percentages; taxes use the same arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import number


class Share(NamedTuple):
    band: int
    base: Fraction
    percent: Fraction


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a percentage of the lines that are named, in the same segment or beside it."""
    own = [name for name in charge["of"] if not name.startswith("@")]
    kinds = {name for name in charge["of"] if name.startswith("@")}
    base = journey.sum_of(journey.base(index, own), [index])
    base += sum((journey.worth(line) for line in journey.beside(index, kinds)), Fraction(0))
    sign = -1 if charge["purpose"] == "discount" else 1
    names = {"kind": charge["purpose"], "unit": "percent", "tax_class": tax_class(charge)}
    for share in shares(charge, base):
        exact = share.base * share.percent / 100 * sign
        price = sign * share.percent
        journey.put(index, charge, share.base, price, exact=exact, slab=share.band, **names)


def tax_class(charge: Charge) -> str:
    """Return its class; a tax is not taxed unless it says so."""
    return str(charge.get("tax_class", "none" if charge["purpose"] == "tax" else "standard"))


def shares(rule: Charge, base: Fraction) -> list[Share]:
    """Return the parts of a base and the percentage of each."""
    if "bands" not in rule:
        return [Share(0, base, number(rule["percent"]))]
    parts = banded(rule["bands"], abs(base))
    sign = -1 if base < 0 else 1
    return [Share(i, sign * part, percent) for i, (part, percent) in enumerate(parts)]


def banded(bands: Sequence[Any], base: Fraction) -> list[tuple[Fraction, Fraction]]:
    found, lower = [], Fraction(0)
    for band in bands:
        upper = number(band["up_to"]) if "up_to" in band else None
        top = base if upper is None else min(base, upper)
        found.append((max(top - lower, Fraction(0)), number(band["percent"])))
        lower = upper or Fraction(0)
    return found

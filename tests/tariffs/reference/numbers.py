"""Exact numbers and the ways to round them; the units that quantities are measured in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

# Whole base units (watt-hours, litres, thousandths...) in one unit of a price.
BASE_UNITS = {
    **{"Wh": 1, "kWh": 1000, "MWh": 1_000_000},
    **{"varh": 1, "kvarh": 1000, "VAh": 1, "kVAh": 1000},
    **{"l": 1, "m3": 1000},
    **{"ft3": 1000, "ccf": 100_000, "gal": 1000, "kgal": 1_000_000},
    **{"therm": 1000, "MJ": 1000, "GJ": 1_000_000},
    **dict.fromkeys(("m2", "dwelling", "item", "kW", "kVA", "A"), 1000),
}
METERED = {
    "Wh": "Wh", "kWh": "Wh", "MWh": "Wh", "l": "l", "m3": "l", "ft3": "mft3", "ccf": "mft3",
    "gal": "mgal", "kgal": "mgal", "therm": "mtherm", "MJ": "kJ", "GJ": "kJ", "varh": "varh",
    "kvarh": "varh", "VAh": "VAh", "kVAh": "VAh",
}  # fmt: skip
MINOR = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}


def number(text: Any) -> Fraction:
    return Fraction(Decimal(text))


def whole(value: Fraction | int, how: str = "half_up") -> int:
    """Round to a whole number; signs are mirrored."""
    magnitude = abs(Fraction(value))
    result = floor(magnitude)
    rest = magnitude - result
    half = Fraction(1, 2)
    if how == "up":
        result += rest > 0
    elif how == "half_up":
        result += rest >= half
    elif how == "half_even":
        result += rest > half or (rest == half and result % 2 == 1)
    return result if value >= 0 else -result


def to_step(value: Fraction, step: Fraction, how: str = "half_up") -> Fraction:
    """Round to a multiple of the step."""
    return whole(value / step, how) * step


def minor_unit(currency: str) -> Fraction:
    return Fraction(1, 10 ** MINOR.get(currency, 2))


def price_of(row: Mapping[str, Any]) -> Fraction:
    """Return the price of a row, or the one derived from a regular price and a discount."""
    if "price" in row:
        return number(row["price"])
    return number(row["regular"]) * (100 - number(row["discount_percent"])) / 100

"""Reads the numbers that people enter, exactly, without ever raising."""

from __future__ import annotations

from decimal import Decimal

from tariffs.engine import TariffError
from tariffs.engine.reading.fields import as_decimal

MOST_DECIMALS = 6


def exact(text: str) -> Decimal | None:
    """Return a number as entered, or None if it is none that a tariff may hold."""
    try:
        return as_decimal(text, "")
    except TariffError:
        return None


def decimals(number: Decimal) -> int:
    """Count the decimals as written: 0.120 has three."""
    return max(0, -int(number.as_tuple().exponent))


def plain_number(number: Decimal) -> Decimal:
    """Return a number without an exponent and without zeros that say nothing: 0.0900 is 0.09."""
    return Decimal(f"{number.normalize():f}")

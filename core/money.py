"""Exact money: whole minor units in, whole minor units out. Imports no Django, uses no float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

# ISO 4217 (2024): currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class NotExact(ValueError):
    """A value that cannot be held without losing a part of it."""


class Rounding(StrEnum):
    """How a division that leaves a rest is rounded; signs are mirrored."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Divide whole numbers and round once, away from or towards zero alike for both signs."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    whole, rest = divmod(abs(numerator), denominator)
    if rounding is Rounding.UP:
        whole += rest > 0
    elif rounding is Rounding.HALF_UP:
        whole += 2 * rest >= denominator
    elif rounding is Rounding.HALF_EVEN:
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2)
    return whole if numerator >= 0 else -whole


def to_scaled(value: Decimal, digits: int) -> int:
    """Return value × 10^digits as a whole number.

    :raises NotExact: if the value has more decimals than that, or is no number
    """
    if not value.is_finite():
        raise NotExact(f"{value} is not a number")
    scaled = value.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise NotExact(f"{value} has more than {digits} decimals")
    return int(scaled)


def to_minor(value: Decimal, currency: str) -> int:
    """Return an amount in minor units, e.g. Decimal("12.34") USD -> 1234."""
    return to_scaled(value, minor_digits(currency))


def from_minor(amount: int, currency: str) -> Decimal:
    """Return minor units as a Decimal with the currency's decimals, e.g. 1234 USD -> 12.34."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total by weights; the parts always add up (largest remainder, first wins a tie).

    :raises ValueError: if a weight is negative or all are zero
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and not all zero")
    sign = 1 if total >= 0 else -1
    parts, rests = zip(*(divmod(abs(total) * weight, whole) for weight in weights), strict=True)
    missing = abs(total) - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-rests[i], i))
    shares = list(parts)
    for i in order[:missing]:
        shares[i] += 1
    return [sign * share for share in shares]

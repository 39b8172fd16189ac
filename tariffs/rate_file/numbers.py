"""Writes numbers exactly."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

ENOUGH = Context(prec=80)  # digits; a quantity and a scale have fewer


def number(value: int, scale: int) -> str:
    """Write value ÷ scale: a decimal, or a fraction such as 10/31 that has no end."""
    exact = Fraction(value, scale)
    rest = exact.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return str(exact)
    quotient = ENOUGH.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return f"{ENOUGH.normalize(quotient):f}"

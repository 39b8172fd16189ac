"""Exact division of many whole numbers at once; the rounding of `core.money.divide`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.money import Rounding, divide
from tariffs.engine.errors import UsageError

SAFE = 2**62  # products and sums below this cannot overflow int64
Whole = NDArray[np.int64]


def priced(quantity: Whole, price: int, denominator: int, rounding: Rounding) -> Whole:
    """Return quantity × price ÷ denominator, each rounded once; int64 where it is safe.

    :raises UsageError: if an amount does not fit 64 bits
    """
    most = greatest(quantity)
    if not most:
        return np.zeros_like(quantity)
    if most * abs(price) + denominator < SAFE:
        return _divide(quantity * np.int64(price), denominator, rounding)
    return fitted([divide(q * price, denominator, rounding) for q in quantity.ravel().tolist()])


def shares(parts: Whole, of: Whole, whole: Whole) -> Whole:
    """Return parts × of ÷ whole, half up, none negative; 0 where the whole is 0."""
    safe_whole = np.where(whole > 0, whole, 1)
    if 2 * greatest(parts) * greatest(of) + greatest(whole) < SAFE:
        product = parts * of
        return np.asarray((2 * product + safe_whole) // (2 * safe_whole), dtype=np.int64)
    triples = zip(parts.tolist(), of.tolist(), safe_whole.tolist(), strict=True)
    return fitted([divide(p * o, w) for p, o, w in triples])


def greatest(values: Whole) -> int:
    """Return the greatest magnitude; 0 of nothing."""
    if not values.size:
        return 0
    return max(abs(int(values.max())), abs(int(values.min())))


def times(values: Whole, factor: int) -> Whole:
    """Return values × factor.

    :raises UsageError: if a product does not fit 64 bits
    """
    if greatest(values) * factor >= SAFE:
        raise UsageError("a quantity does not fit 64 bits")
    return values * factor


def up_to_safe(values: Whole, numerator: int, denominator: int) -> Whole:
    """Return values × numerator ÷ denominator, half up, none negative; SAFE where it is more."""
    if greatest(values) * numerator + denominator < SAFE:
        return _divide(values * np.int64(numerator), denominator, Rounding.HALF_UP)
    each = [min(divide(value * numerator, denominator), SAFE) for value in values.tolist()]
    return np.array(each, dtype=np.int64)


def fitted(values: list[int]) -> Whole:
    if any(abs(value) >= SAFE for value in values):
        raise UsageError("an amount does not fit 64 bits")
    return np.array(values, dtype=np.int64)


def _divide(numerator: Whole, denominator: int, rounding: Rounding) -> Whole:
    whole, rest = np.divmod(np.abs(numerator), denominator)
    if rounding is Rounding.UP:
        whole += rest > 0
    elif rounding is Rounding.HALF_UP:
        whole += rest >= denominator - rest
    elif rounding is Rounding.HALF_EVEN:
        whole += (rest > denominator - rest) | ((rest == denominator - rest) & (whole % 2 == 1))
    return np.where(numerator < 0, -whole, whole)

"""Sums of lines, of which percentages, taxes and least amounts are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.money import Rounding
from tariffs.engine.pricing.bill import Bill, fractions, rounded
from tariffs.engine.values import Amounts, Column, Mask

Exact = NDArray[np.object_]  # (n,) Fractions of minor units


@dataclass(frozen=True)
class Base:
    """What lines of n accounts come to: rounded, and exact where the bill keeps that."""

    minor: Amounts
    exact: Exact | None

    def __add__(self, other: Base) -> Base:
        return Base(
            self.minor + other.minor,
            None if self.exact is None or other.exact is None else self.exact + other.exact,
        )

    @property
    def best(self) -> Amounts | Exact:
        """The amounts that count in what is computed from it."""
        return self.minor if self.exact is None else self.exact

    @property
    def shown(self) -> Amounts:
        """The amounts in whole minor units, as a line tells them."""
        return self.minor if self.exact is None else rounded(self.exact, Rounding.HALF_UP)

    def above(self, bound: int) -> Mask:
        return np.asarray(self.best > bound, dtype=np.bool_)

    def where(self, mask: Mask) -> Base:
        exact = None if self.exact is None else self.exact * mask
        return Base(np.where(mask, self.minor, 0), exact)

    def within(self, lower: int, upper: int | None) -> Base:
        """Return the part that lies in (lower, upper]; below zero the bands are mirrored."""
        exact = None if self.exact is None else _within(self.exact, lower, upper)
        return Base(_within(self.minor, lower, upper), exact)


def nothing(bill: Bill) -> Base:
    exact = fractions([Fraction(0)] * bill.n) if bill.total.once else None
    return Base(np.zeros(bill.n, np.int64), exact)


def sum_of(columns: Iterable[Column], bill: Bill, where: Mapping[int, Mask] | None = None) -> Base:
    """Return the sum of columns, those of a segment only of the accounts that `where` names."""
    total = nothing(bill)
    for column in columns:
        own = Base(column.amount_minor, column.exact)
        total += own if where is None else own.where(where[column.segment])
    return total


def _within(values: NDArray[Any], lower: int, upper: int | None) -> NDArray[Any]:
    part = np.maximum(np.abs(values) - lower, 0)
    if upper is not None:
        part = np.minimum(part, upper - lower)
    return np.where(values < 0, -part, part)

"""Prices a percentage of other lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import PercentCharge
from tariffs.engine.values import Amounts, Column

PERCENT = 100


def price(charge: PercentCharge, index: int, bill: Bill) -> Iterator[Column]:
    bases = bill.columns_of((index,), charge.of)
    yield bill.line(
        charge,
        index,
        unit="percent",
        quantity=base(bases, bill.n),
        scale=PERCENT * 10**bill.digits,
        price=charge.percent,
        label={"percent": charge.percent, "of": list(charge.of)},
        exact_quantity=exact_base(bases, bill),
    )


def base(columns: Sequence[Column], n: int) -> Amounts:
    """Return the sum of rounded lines, in minor units."""
    total = np.zeros(n, np.int64)
    for column in columns:
        total += column.amount_minor
    return total


def exact_base(columns: Sequence[Column], bill: Bill) -> list[Fraction] | None:
    """Return the sum of exact lines, if the bill keeps them."""
    if not bill.total.once:
        return None
    exact = [column.exact for column in columns if column.exact is not None]
    return [sum(each, Fraction(0)) for each in zip(*exact, strict=True)] or [Fraction(0)] * bill.n

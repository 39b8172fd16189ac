"""Prices what does not depend on use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import FixedBasis, FixedCharge, Proration
from tariffs.engine.values import Column


def price(charge: FixedCharge, index: int, bill: Bill) -> Iterator[Column]:
    if charge.proration is Proration.WHOLE and bill.comes_again(index, charge.code):
        return
    unit, quantity, scale, label = _quantity(charge, index, bill)
    if quantity:
        yield bill.line(
            charge,
            index,
            unit=unit,
            quantity=np.full(bill.n, quantity, np.int64),
            scale=scale,
            price=charge.price,
            label=label,
            shown=np.ones(bill.n, np.bool_),
        )


def _quantity(charge: FixedCharge, index: int, bill: Bill) -> tuple[str, int, int, dict[str, Any]]:
    """Return unit, quantity, scale and label."""
    days, cycle_days = len(bill.days(index)), bill.cycle_days(index)
    if charge.basis is FixedBasis.DAY:
        return "day", days, 1, {"days": days}
    if charge.basis is FixedBasis.THIRTY_DAYS:
        return "30 days", days, 30, {"days": days}
    if charge.proration is Proration.WHOLE or days == cycle_days:
        return "period", 1, 1, {}
    return "period", days, cycle_days, {"days": days, "cycle_days": cycle_days}

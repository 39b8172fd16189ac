"""Rounds the total of a bill, with a line for the difference."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tariffs.engine.pricing.base import sum_of
from tariffs.engine.pricing.bill import Bill, fractions, rounded
from tariffs.engine.shape import PRICE_SCALE
from tariffs.engine.values import Amounts, Column

CODE = "rounding"


def difference(bill: Bill) -> Iterator[Column]:
    """Yield the line by which the rounded total differs from the printed lines, if it does."""
    moved = _due(bill) - sum_of(bill.columns, bill).minor
    if moved.any():
        yield bill.column(
            -1,
            CODE,
            "Rounding",
            "rounding",
            unit="money",
            quantity=moved,
            scale=10**bill.digits,
            price=PRICE_SCALE,
            label={"to": bill.total.step_minor},
            shown=None,
            tax_class="none",
        )


def _due(bill: Bill) -> Amounts:
    """Return the total: of exact or of printed lines, at the nearest step."""
    rule, total = bill.total, sum_of(bill.columns, bill)
    if not rule.once and rule.step_minor == 1:
        return total.minor
    steps = [Fraction(amount) / rule.step_minor for amount in total.best.tolist()]
    return rounded(fractions(steps), rule.rounding) * rule.step_minor

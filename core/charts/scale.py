"""The value axis: from zero to a round number, in round steps."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

MOST_STEPS = 5
ROUND = [Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5)]  # x 10^n


class Scale(NamedTuple):
    """`steps` steps of `step` display units; `scale` base units make one of these."""

    step: Decimal
    steps: int
    scale: int

    @property
    def top(self) -> Decimal:
        """Return the highest value in base units."""
        return self.step * self.steps * self.scale

    def share(self, base: int) -> float:
        """Return how far up a value in base units reaches, 0 to 1."""
        return float(max(base, 0) / self.top)


def round_scale(highest: int, scale: int) -> Scale:
    """Return the axis that the highest value in base units fits under.

    A step is a whole number of base units: nobody counts customers in halves.
    """
    wanted = Decimal(max(highest, 0)) / scale
    if not wanted:
        return Scale(Decimal(1), 1, scale)
    power = Decimal(10) ** (wanted.adjusted() - 1)
    while True:
        for factor in ROUND:
            step = factor * power
            if step * MOST_STEPS >= wanted and not step * scale % 1:
                steps = (wanted / step).to_integral_value(ROUND_CEILING)
                return Scale(step, int(steps), scale)
        power *= 10

"""Prices a percentage of other lines, one for all of it or one for each band of the sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tariffs.engine.pieces import TaxBand
from tariffs.engine.pricing import beside
from tariffs.engine.pricing.base import Base, sum_of
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import PercentCharge
from tariffs.engine.values import Column

PERCENT = 100


def price(charge: PercentCharge, index: int, bill: Bill) -> Iterator[Column]:
    own = bill.columns_of((index,), charge.of)
    base = sum_of([*own, *beside.columns(charge.beside, index, bill)], bill)
    for part, rate, label in shares(base, charge.percent, charge.bands):
        yield bill.line(
            charge,
            index,
            unit="percent",
            quantity=part.shown,
            scale=PERCENT * 10**bill.digits,
            price=rate,
            label={**label, "of": [*charge.of, *charge.beside]},
            exact_quantity=part.exact,
        )


def shares(
    base: Base, percent: int, bands: Sequence[TaxBand]
) -> Iterator[tuple[Base, int, dict[str, Any]]]:
    """Yield parts of a base, the percentage of each, and its label; bounds in minor units.

    A base below zero climbs the same bands downwards, so that a bill and its mirror image come to
    nothing together, as they do with one percentage.
    """
    if not bands:
        yield base, percent, {"percent": percent}
    lower = 0
    for slab, band in enumerate(bands):
        bounds = {"slab": slab, "lower": lower, "upper": band.upper_minor}
        part = base.within(lower, band.upper_minor)
        yield part, band.percent, {"percent": band.percent, **bounds}
        lower = band.upper_minor or lower

"""Prices a measured quantity: a line for each price row and slab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tariffs.engine import units
from tariffs.engine.days import billing_days
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import EnergyCharge, SlabWidth
from tariffs.engine.values import Column, Segment


def price(charge: EnergyCharge, index: int, bill: Bill) -> Iterator[Column]:
    segment = bill.segments[index]
    use = bill.use(index, charge.source, charge.code)
    for part in units.parts(charge, segment, use):
        yield bill.line(
            charge,
            index,
            unit=charge.unit,
            quantity=part.quantity,
            scale=charge.scale,
            price=_price(charge, part),
            label=_label(charge, part, segment),
            shown=part.quantity != 0,
        )


def _price(charge: EnergyCharge, part: units.Part) -> int:
    slabs = charge.ladder if part.row == units.LADDER else charge.rows[part.row].slabs
    return slabs[part.slab].price


def _label(charge: EnergyCharge, part: units.Part, segment: Segment) -> dict[str, Any]:
    """Say what a line stands for; bounds in base units of this very segment."""
    label: dict[str, Any] = {"row": part.row, "slab": part.slab}
    season = ""
    if part.row != units.LADDER:
        row = charge.rows[part.row]
        season = row.season
        label |= {"season": row.season} if row.season else {}
        label |= {"band": row.band} if row.band else {}
    if part.lower or part.upper is not None:
        label |= {"lower": part.lower, "upper": part.upper}
        if charge.slab_width is not SlabWidth.WHOLE:
            label["days"] = len(units.season_days(segment, season))
            label["cycle_days"] = len(billing_days(segment.cycle, segment.zone))
    return label

"""Prices a measured quantity or an attribute: a line for each price row and slab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tariffs.engine.arithmetic import Whole, times
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.quantities import steps, units, uses, widths
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.quantities.units import Part
from tariffs.engine.shape import DemandCharge, EnergyCharge, Proration, SlabWidth
from tariffs.engine.values import Column, Segment, Usage


def price(charge: EnergyCharge, index: int, bill: Bill) -> Iterator[Column]:
    if charge.is_attribute and _comes_later(charge, index, bill):
        return
    segment = bill.segments[index]
    use, around = _use(charge, charge.source, index, bill), _around(charge, index, bill)
    if charge.steps:
        yield from _metered(charge, index, bill, use, around)
    for part in units.parts(charge, segment, use, around):
        label = _label(charge, part, segment, around)
        quantity, scale = part.quantity, charge.scale
        if charge.is_attribute:
            quantity, scale = _over_days(charge, part, segment, around, label)
        yield bill.line(
            charge,
            index,
            unit=charge.unit,
            quantity=quantity,
            scale=scale,
            price=units.slabs_of(charge, part)[part.slab].price,
            label=label,
            shown=quantity != 0,
        )


def _comes_later(charge: EnergyCharge, index: int, bill: Bill) -> bool:
    return charge.proration is Proration.WHOLE and bill.comes_again(index, charge.code)


# What is priced


def _use(charge: EnergyCharge, source: str, index: int, bill: Bill) -> Usage:
    if source.startswith("@") and (index, source) not in bill.usage:
        name = source.removeprefix("@")
        raise UsageError(
            f"segment {index}, charge {charge.code}: the attribute {name!r} is not known"
        )
    return bill.use(index, source, charge.code)


def _around(charge: EnergyCharge, index: int, bill: Bill) -> Around:
    """Return what the charge asks of the rest of the bill."""
    times, per = _times(charge, index, bill)
    others = {less.source: bill.use(index, less.source, charge.code) for less in charge.steps.less}
    return Around(
        billed_days=bill.billed_days(index) if charge.whole_days else None,
        last_day=bill.seasons_on(index),
        times=times,
        per=per,
        others=others,
    )


def _times(charge: EnergyCharge, index: int, bill: Bill) -> tuple[Whole | None, str]:
    """Return thousandths of what the bounds are stated for one of, and its name."""
    rule = charge.slab_times
    if rule is None:
        return None, ""
    if rule.attribute:
        known = _use(charge, f"@{rule.attribute}", index, bill)
        return uses.total(known), rule.attribute
    nothing = np.zeros(bill.n, np.int64)
    demand = next(c for c in bill.segments[index].tariff.charges if c.code == rule.demand)
    per = demand.unit if isinstance(demand, DemandCharge) else ""
    return bill.billed_demand.get((index, rule.demand), nothing), per


def _over_days(
    charge: EnergyCharge, part: Part, segment: Segment, around: Around, label: dict[str, Any]
) -> tuple[Whole, int]:
    """Return quantity × days and a scale that divides by the days of the cycle: exact."""
    cycle = billing_days(segment.cycle, segment.zone)
    mine = (
        cycle if charge.proration is Proration.WHOLE else billing_days(segment.period, segment.zone)
    )
    days = len(around.days_of(mine, label.get("season", ""), segment))
    if days == len(cycle):
        return part.quantity, charge.scale
    label |= {"days": days, "cycle_days": len(cycle)}
    return times(part.quantity, days), charge.scale * len(cycle)


# What lines tell


def _metered(
    charge: EnergyCharge, index: int, bill: Bill, use: Usage, around: Around
) -> Iterator[Column]:
    """Tell what was metered, and what other quantities take off it."""
    unit = charge.metered_unit
    yield bill.info(
        charge,
        index,
        unit=unit,
        quantity=_total_of(use),
        scale=charge.metered_scale,
        label={"step": "metered"},
    )
    for less, other in zip(charge.steps.less, around.others.values(), strict=True):
        yield bill.info(
            charge,
            index,
            unit=unit,
            quantity=_total_of(other),
            scale=charge.metered_scale,
            label={"step": "less", "source": less.source, "percent": less.percent},
        )


def _total_of(use: Usage) -> Whole:
    values = use.values
    return np.asarray(values if values.ndim == 1 else values.sum(axis=1), dtype=np.int64)


def _label(charge: EnergyCharge, part: Part, segment: Segment, around: Around) -> dict[str, Any]:
    """Say what a line stands for; bounds in base units of this very segment."""
    label: dict[str, Any] = {"row": part.row, "slab": part.slab}
    table = units.priced_by(charge, part)
    if part.row != units.LADDER:
        row = table.rows[part.row]
        label |= {"season": row.season} if row.season else {}
        label |= {"band": row.band} if row.band else {}
    if part.lower or part.upper is not None:
        label |= {"lower": part.lower, "upper": part.upper}
        label |= _width(charge, label.get("season", ""), segment, around)
    if charge.tables:
        label |= _table(charge, part, segment, around)
    if charge.steps:
        label["steps"] = steps.told(charge, segment, around)
    if label.get("season") and (on := around.seasons_on(segment)):
        label["seasons_on"] = on.isoformat()
    return label


def _width(charge: EnergyCharge, season: str, segment: Segment, around: Around) -> dict[str, Any]:
    """Say of which days a bound is, and for one of what it is told."""
    told: dict[str, Any] = {"per": around.per} if around.per else {}
    billed = widths.days_if_whole(charge, segment, around)
    if charge.slab_width is SlabWidth.WHOLE and not billed:
        return told
    told["days"] = len(widths.season_days(segment, season, around))
    told["cycle_days"] = billed or len(billing_days(segment.cycle, segment.zone))
    return told


def _table(charge: EnergyCharge, part: Part, segment: Segment, around: Around) -> dict[str, Any]:
    uppers = [upper for upper, _ in charge.tables]
    told = [0, *widths.bounds(charge, uppers, segment, "", around).told, None]
    return {
        "table": part.table,
        "table_lower": told[part.table],
        "table_upper": told[part.table + 1],
    }

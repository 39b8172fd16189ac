"""Counts the base units in each price row and slab; whole numbers, so nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tariffs.engine.arithmetic import Whole
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import coverage, slabs, steps, widths
from tariffs.engine.quantities.around import ALONE, Around
from tariffs.engine.quantities.runs import Runs, metered
from tariffs.engine.quantities.slabs import Part
from tariffs.engine.quantities.widths import Bounds
from tariffs.engine.shape import EnergyCharge, Slab, SlabRule, SlabsWithTime
from tariffs.engine.values import Intervals, Segment, Usage

__all__ = ["LADDER", "Part", "groups", "parts", "priced_by", "slabs_of"]

LADDER = -1  # in place of a price row: the slabs that stand beside the rows


def parts(
    charge: EnergyCharge, segment: Segment, usage: Usage, around: Around = ALONE
) -> Iterator[Part]:
    """Yield the units of every price row and slab.

    :raises UsageError: if the use does not cover the segment, or a band is asked of a total
    """
    if charge.tables:
        yield from _of_tables(charge, segment, usage, around)
        return
    runs = _counted(charge, segment, usage, around)
    if not charge.has_slabs or charge.slabs_with_time is SlabsWithTime.TOTAL_ONLY:
        yield from _beside(charge, runs, segment, around)
        return
    for group in groups(charge):
        if _is_in_time(charge, group):
            bounds = _bounds(charge, group, segment, around)
            yield from slabs.in_time_order(group, _in_time(charge, runs, usage), bounds)
        else:
            totals = {row: runs.of_row(row) for row in group}
            yield from _placed(charge, totals, _bounds(charge, group, segment, around))


def groups(charge: EnergyCharge) -> list[list[int]]:
    """Return the price rows that climb one ladder together."""
    if charge.slabs_with_time is SlabsWithTime.PER_PERIOD:
        return [[row] for row in range(len(charge.rows))]
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(charge.rows):
        groups.setdefault(row.season, []).append(index)
    return list(groups.values())


def priced_by(charge: EnergyCharge, part: Part) -> EnergyCharge:
    """Return the table that prices a part, or the charge itself."""
    return charge.tables[part.table][1] if charge.tables else charge


def slabs_of(charge: EnergyCharge, part: Part) -> tuple[Slab, ...]:
    """Return the slabs among which the part's own price stands."""
    table = priced_by(charge, part)
    return table.ladder if part.row == LADDER else table.rows[part.row].slabs


def _counted(charge: EnergyCharge, segment: Segment, usage: Usage, around: Around) -> Runs:
    runs = metered(charge, segment, usage, around)
    return steps.stepped(charge, segment, runs, around) if charge.steps else runs


def _of_tables(
    charge: EnergyCharge, segment: Segment, usage: Usage, around: Around
) -> Iterator[Part]:
    """Let the total, as the first table's rows count it, pick the table of each account."""
    first = charge.tables[0][1]
    total = _total(first, _counted(first, segment, usage, around))
    uppers = [upper for upper, _ in charge.tables]
    picked = slabs.reached(total, widths.bounds(charge, uppers, segment, "", around))
    for place, (_, table) in enumerate(charge.tables):
        if (picked == place).any():
            for part in parts(table, segment, usage, around):
                mine = np.where(picked == place, part.quantity, 0)
                yield replace(part, table=place, quantity=mine)


def _total(charge: EnergyCharge, runs: Runs) -> Whole:
    """Return all that has a price; every row of an attribute sees all of it."""
    if charge.is_attribute:
        return runs.of_row(0)
    priced = runs.units[:, runs.rows != coverage.FREE]
    return np.asarray(priced.sum(axis=1), dtype=np.int64)


def _beside(charge: EnergyCharge, runs: Runs, segment: Segment, around: Around) -> Iterator[Part]:
    """Let slabs price the total, free units included, and each row its own units."""
    if charge.ladder:
        uppers = [slab.upper for slab in charge.ladder]
        total = np.asarray(runs.units.sum(axis=1), dtype=np.int64)
        bounds = widths.bounds(charge, uppers, segment, "", around)
        yield from _placed(charge, {LADDER: total}, bounds)
    for row in range(len(charge.rows)):
        yield Part(row, 0, 0, None, runs.of_row(row))


def _bounds(charge: EnergyCharge, group: list[int], segment: Segment, around: Around) -> Bounds:
    first = charge.rows[group[0]]
    uppers = [slab.upper for slab in first.slabs]
    return widths.bounds(charge, uppers, segment, first.season, around)


def _placed(charge: EnergyCharge, totals: dict[int, Whole], bounds: Bounds) -> Iterator[Part]:
    if charge.slab_rule is SlabRule.WHOLE_QUANTITY:
        yield from slabs.at_reached(totals, bounds)
    elif len(totals) == 1:
        for row, total in totals.items():
            yield from slabs.marginal(row, total, bounds)
    else:
        yield from slabs.by_share(totals, bounds)


def _is_in_time(charge: EnergyCharge, group: list[int]) -> bool:
    return charge.slabs_with_time is SlabsWithTime.CHRONOLOGICAL and len(group) > 1


def _in_time(charge: EnergyCharge, runs: Runs, usage: Usage) -> Runs:
    if not isinstance(usage, Intervals):
        raise UsageError(f"charge {charge.code}: slabs in the order of time need readings")
    return runs

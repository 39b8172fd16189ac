"""Lists the readings behind a line, so that a customer can check it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from tariffs.engine.arithmetic import Whole
from tariffs.engine.behind_peaks import Measured, peaks_behind
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import units
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.runs import rows_of_slots
from tariffs.engine.shape import DemandCharge, EnergyCharge, SlabRule, SlabsWithTime
from tariffs.engine.values import Column, Intervals, Mask, Segment, Usage


def intervals_behind(
    segment: Segment, column: Column, usage: Usage, reactive: Usage | None = None
) -> Mask:
    """Return which slots of one account a line counts, wholly or in part; of demand its peaks.

    Of a demand that is billed once for several parts of a cycle, `peaks_behind` knows them all.
    usage holds one account; the empty answer is one slot-less mask for fixed lines and totals.

    :param reactive: the reactive readings of a demand that has them

    :raises UsageError: if the column is not a charge of the segment's tariff
    """
    charge = next((c for c in segment.tariff.charges if c.code == column.charge), None)
    if isinstance(usage, Intervals) and isinstance(charge, DemandCharge):
        return peaks_behind([Measured(segment, usage, reactive)], column)[0]
    if not isinstance(usage, Intervals) or not isinstance(charge, EnergyCharge):
        return np.zeros(0, np.bool_)
    return _slots_behind(segment, charge, column.label, usage)


def _slots_behind(
    segment: Segment, charge: EnergyCharge, label: Mapping[str, Any], usage: Intervals
) -> Mask:
    if usage.values.shape[0] != 1:
        raise UsageError("the readings behind a line are those of one account")
    row = label.get("row")
    if row is None:  # what was metered, free time included
        return np.ones(usage.values.shape[1], np.bool_)
    table = charge.tables[label["table"]][1] if charge.tables else charge
    labelled = rows_of_slots(table, segment, usage, _around(label)).rows
    mine = np.ones(len(labelled), np.bool_) if row == units.LADDER else labelled == row
    if "lower" not in label or not _is_told_by_slot(charge, table, row):
        return mine
    climbing = mine if row == units.LADDER else np.isin(labelled, _climbing(table, row))
    values = np.where(climbing, usage.values[0].astype(np.int64), 0)
    return mine & _between(values, label["lower"], label.get("upper"))


def _around(label: Mapping[str, Any]) -> Around:
    on = label.get("seasons_on")
    return Around(last_day=date.fromisoformat(on) if on else None)


def _is_told_by_slot(charge: EnergyCharge, table: EnergyCharge, row: int) -> bool:
    """Say whether the running total of readings tells in which slab each of them fell."""
    if charge.steps or charge.slab_times or charge.slab_rule is SlabRule.WHOLE_QUANTITY:
        return False
    is_shared = row != units.LADDER and len(_climbing(table, row)) > 1
    return not (is_shared and charge.slabs_with_time is SlabsWithTime.PROPORTIONAL)


def _climbing(charge: EnergyCharge, row: int) -> list[int]:
    return next((group for group in units.groups(charge) if row in group), [row])


def _between(values: Whole, lower: int, upper: int | None) -> Mask:
    """Return where the running total passes through (lower, upper]."""
    reached = np.cumsum(values)
    before = reached - values
    passes = (reached > lower) & (values > 0)
    return passes if upper is None else passes & (before < upper)

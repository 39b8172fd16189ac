"""Lists the readings behind a line, so that a customer can check it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tariffs.engine import units
from tariffs.engine.errors import UsageError
from tariffs.engine.shape import EnergyCharge, SlabsWithTime
from tariffs.engine.slots import slot_rows
from tariffs.engine.values import Column, Intervals, Mask, Segment, Usage


def intervals_behind(segment: Segment, column: Column, usage: Usage) -> Mask:
    """Return which slots of one account a line of energy counts, wholly or in part.

    usage holds one account; the empty answer is one slot-less mask for fixed lines and totals.

    :raises UsageError: if the column is not a charge of the segment's tariff
    """
    charge = next((c for c in segment.tariff.charges if c.code == column.charge), None)
    if not isinstance(usage, Intervals) or not isinstance(charge, EnergyCharge):
        return np.zeros(0, np.bool_)
    return _slots_behind(segment, charge, column.label, usage)


def _slots_behind(
    segment: Segment, charge: EnergyCharge, label: Mapping[str, int], usage: Intervals
) -> Mask:
    if usage.values.shape[0] != 1:
        raise UsageError("the readings behind a line are those of one account")
    values = usage.values[0].astype(np.int64)
    labelled = slot_rows(
        charge, segment.tariff, segment.zone, usage.starts_at, usage.interval_s, len(values)
    ).rows
    row = label["row"]
    mine = np.ones(len(values), np.bool_) if row == units.LADDER else labelled == row
    if "lower" not in label:
        return mine
    climbing = np.isin(labelled, _climbing(charge, row)) if row != units.LADDER else mine
    if charge.slabs_with_time is SlabsWithTime.PROPORTIONAL and len(_climbing(charge, row)) > 1:
        return mine
    return mine & _between(np.where(climbing, values, 0), label["lower"], label.get("upper"))


def _climbing(charge: EnergyCharge, row: int) -> list[int]:
    return next((group for group in units.groups(charge) if row in group), [row])


def _between(values: np.ndarray, lower: int, upper: int | None) -> Mask:
    """Return where the running total passes through (lower, upper]."""
    reached = np.cumsum(values)
    before = reached - values
    passes = (reached > lower) & (values > 0)
    return passes if upper is None else passes & (before < upper)

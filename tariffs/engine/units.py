"""Counts the base units in each price row and slab; whole numbers, so nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.money import divide
from tariffs.engine import coverage
from tariffs.engine.arithmetic import shares
from tariffs.engine.days import billing_days
from tariffs.engine.errors import UsageError
from tariffs.engine.shape import EnergyCharge, Slab, SlabsWithTime, SlabWidth
from tariffs.engine.slots import SlotRows, slot_rows
from tariffs.engine.values import Registers, Segment, Totals, Units, Usage

Whole = NDArray[np.int64]
CHUNK = 256  # accounts whose readings fit the cache together
SHORT_RUN = 2**15
LADDER = -1  # in place of a price row: the slabs that stand beside the rows


@dataclass(frozen=True)
class Part:
    """Units of n accounts that one price applies to."""

    row: int  # index of the price row, or LADDER
    slab: int
    lower: int  # of the slab, in base units of this segment
    upper: int | None
    quantity: Whole


def parts(charge: EnergyCharge, segment: Segment, usage: Usage) -> Iterator[Part]:
    """Yield the units of every price row and slab.

    :raises UsageError: if the use does not cover the segment, or a band is asked of a total
    """
    runs, run_rows = _runs(charge, segment, usage)
    if not charge.has_slabs or charge.slabs_with_time is SlabsWithTime.TOTAL_ONLY:
        if charge.ladder:
            bounds = slab_bounds(charge, charge.ladder, segment, "")
            yield from _laddered(LADDER, runs.sum(axis=1), bounds)
        for row in range(len(charge.rows)):
            yield Part(row, 0, 0, None, _row_total(runs, run_rows, row))
        return
    for group in groups(charge):
        first = charge.rows[group[0]]
        bounds = slab_bounds(charge, first.slabs, segment, first.season)
        if len(group) == 1:
            yield from _laddered(group[0], _row_total(runs, run_rows, group[0]), bounds)
        elif charge.slabs_with_time is SlabsWithTime.CHRONOLOGICAL:
            yield from _in_time_order(group, runs, run_rows, bounds)
        else:
            yield from _proportional(group, runs, run_rows, bounds)


def slab_bounds(
    charge: EnergyCharge, slabs: Sequence[Slab], segment: Segment, season: str
) -> list[int]:
    """Return the upper bounds in this segment, without the open one; widths are rounded half up."""
    widths, lower = [], 0
    for slab in slabs[:-1]:
        upper = slab.upper or 0
        widths.append(upper - lower)
        lower = upper
    days = len(season_days(segment, season))
    if charge.slab_width is SlabWidth.PER_DAY:
        widths = [width * days for width in widths]
    elif charge.slab_width is SlabWidth.PRORATE:
        whole = len(billing_days(segment.cycle, segment.zone))
        widths = [divide(width * days, whole) for width in widths]
    return np.cumsum(widths, dtype=object).tolist() if widths else []


def season_days(segment: Segment, season: str) -> list[object]:
    """Return the days of the segment that lie in the season; the empty season has them all."""
    days = billing_days(segment.period, segment.zone)
    if not season:
        return list(days)
    return [day for day in days if season in coverage.seasons_of(day, segment.tariff)]


def groups(charge: EnergyCharge) -> list[list[int]]:
    """Return the price rows that climb one ladder together."""
    if charge.slabs_with_time is SlabsWithTime.PER_PERIOD:
        return [[row] for row in range(len(charge.rows))]
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(charge.rows):
        groups.setdefault(row.season, []).append(index)
    return list(groups.values())


def _runs(charge: EnergyCharge, segment: Segment, usage: Usage) -> tuple[Whole, NDArray[np.int16]]:
    """Return the units of each run of slots that share a price row, and those rows."""
    if isinstance(usage, Totals):
        return _total_runs(charge, segment, usage)
    if isinstance(usage, Registers):
        raise UsageError("registers for each band are not computed yet")
    period = segment.period
    if usage.starts_at != period.starts_at or usage.ends_at != period.ends_at:
        raise UsageError(
            f"use from {usage.starts_at} to {usage.ends_at} does not cover "
            f"{period.starts_at} to {period.ends_at} exactly"
        )
    slots = usage.values.shape[1]
    rows = slot_rows(charge, segment.tariff, segment.zone, usage.starts_at, usage.interval_s, slots)
    return run_sums(usage.values, rows), rows.run_rows


def run_sums(values: Units, rows: SlotRows) -> Whole:
    """Sum each run of slots, account by account, in pieces that fit the processor's cache."""
    sums = np.empty((values.shape[0], len(rows.run_starts)), np.int64)
    wide = _sum_type(values)
    for start in range(0, values.shape[0], CHUNK):
        piece = values[start : start + CHUNK]
        _refuse_negative(piece, start)
        sums[start : start + CHUNK] = np.add.reduceat(piece, rows.run_starts, axis=1, dtype=wide)
    return sums


def _sum_type(values: Units) -> type[np.int32] | type[np.int64]:
    """Return the cheapest type that cannot overflow: 65,535 values of 16 bits fit 32."""
    is_short = values.dtype.itemsize <= 2 and values.shape[1] <= SHORT_RUN
    return np.int32 if is_short else np.int64


def _refuse_negative(piece: Units, start: int) -> None:
    if piece.size and piece.min() < 0:
        account, slot = np.unravel_index(int(piece.argmin()), piece.shape)
        raise UsageError(f"account {start + int(account)}, slot {int(slot)}: negative or missing")


def _total_runs(
    charge: EnergyCharge, segment: Segment, usage: Totals
) -> tuple[Whole, NDArray[np.int16]]:
    """Spread a total over the seasons by days; the parts add up to it."""
    if charge.has_bands:
        raise UsageError(f"charge {charge.code} has time bands: totals cannot be priced by them")
    values = np.asarray(usage.values, dtype=np.int64)
    if values.size and values.min() < 0:
        raise UsageError(f"account {int(values.argmin())}: negative or missing")
    rows = _day_rows(charge, segment)
    counts = [rows.count(row) for row in dict.fromkeys(rows)]
    whole = np.full_like(values, len(rows))
    ends = [shares(values, np.full_like(values, n), whole) for n in np.cumsum(counts).tolist()]
    runs = np.diff(np.stack([np.zeros_like(values), *ends], axis=1), axis=1)
    return runs, np.array(list(dict.fromkeys(rows)), np.int16)


def _day_rows(charge: EnergyCharge, segment: Segment) -> list[int]:
    """Return the price row of each day of the segment."""
    if not charge.has_seasons:
        return [0]
    rows = []
    for day in billing_days(segment.period, segment.zone):
        in_seasons = coverage.seasons_of(day, segment.tariff)
        rows.append(int(coverage.grid(charge, segment.tariff, in_seasons)[0, 0]))
    if not rows:
        raise UsageError(f"charge {charge.code}: a total without a whole day has no season")
    return rows


def _row_total(runs: Whole, run_rows: NDArray[np.int16], row: int) -> Whole:
    return np.asarray(runs[:, run_rows == row].sum(axis=1), dtype=np.int64)


def _laddered(row: int, total: Whole, bounds: list[int]) -> Iterator[Part]:
    lower = 0
    for slab, upper in enumerate(bounds):
        yield Part(row, slab, lower, upper, np.clip(total - lower, 0, upper - lower))
        lower = upper
    yield Part(row, len(bounds), lower, None, np.maximum(total - lower, 0))


def _proportional(
    group: list[int], runs: Whole, run_rows: NDArray[np.int16], bounds: list[int]
) -> Iterator[Part]:
    """Give every row its share of every slab, to whole base units; a row's parts add up to it."""
    totals = {row: _row_total(runs, run_rows, row) for row in group}
    whole = np.stack(list(totals.values())).sum(axis=0, dtype=np.int64)
    for row, total in totals.items():
        lower, taken = 0, np.zeros_like(total)
        for slab, upper in enumerate(bounds):
            reached = shares(total, np.minimum(whole, upper), whole)
            yield Part(row, slab, lower, upper, reached - taken)
            lower, taken = upper, reached
        yield Part(row, len(bounds), lower, None, total - taken)


def _in_time_order(
    group: list[int], runs: Whole, run_rows: NDArray[np.int16], bounds: list[int]
) -> Iterator[Part]:
    """Let the running total pick the slab; a run has one row, so its two ends tell enough.

    What a row uses below a bound is the sum of the rises of min(running total, bound) over its
    runs; `rises` sums them without forming the differences.
    """
    mine = np.isin(run_rows, group)
    of_row = (run_rows[mine][:, np.newaxis] == np.array(group)).astype(np.int64)
    rises = of_row - np.concatenate([of_row[1:], np.zeros_like(of_row[:1])])
    reached = np.cumsum(runs if mine.all() else runs[:, mine], axis=1)
    below = [np.minimum(reached, upper) @ rises for upper in bounds]
    below = [np.zeros((len(runs), len(group)), np.int64), *below, reached @ rises]
    for place, row in enumerate(group):
        for slab, upper in enumerate([*bounds, None]):
            lower = bounds[slab - 1] if slab else 0
            used = below[slab + 1][:, place] - below[slab][:, place]
            yield Part(row, slab, lower, upper, used)

"""From use to the units of each run of slots that share a price row; whole numbers throughout."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tariffs.engine import checked
from tariffs.engine.arithmetic import Whole, shares
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import coverage
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.quantities.slots import SlotRows, slot_rows
from tariffs.engine.shape import EnergyCharge, PriceRow
from tariffs.engine.values import Intervals, Registers, Segment, Totals, Units, Usage

CHUNK = 256  # accounts whose readings fit the cache together
SHORT_RUN = 2**15


class Runs(NamedTuple):
    """What n accounts used in each run, and the price row that it has."""

    units: Whole  # (n, runs)
    rows: NDArray[np.int16]  # (runs,) index of the price row, or coverage.FREE

    def of_row(self, row: int) -> Whole:
        return np.asarray(self.units[:, self.rows == row].sum(axis=1), dtype=np.int64)


def metered(charge: EnergyCharge, segment: Segment, usage: Usage, around: Around) -> Runs:
    """Return use as it was metered, in the order of time where that is known.

    :raises UsageError: if the use does not cover the segment, or a band is asked of a total
    """
    checked.whole(usage)
    if charge.is_attribute:
        return _attribute_runs(charge, usage)
    if isinstance(usage, Totals):
        return _total_runs(charge, segment, usage.values, around)
    if isinstance(usage, Registers):
        return _register_runs(charge, segment, usage, around)
    checked.covering(usage, segment)
    rows = rows_of_slots(charge, segment, usage, around)
    return Runs(run_sums(usage.values, rows), rows.run_rows)


def rows_of_slots(
    charge: EnergyCharge, segment: Segment, usage: Intervals, around: Around
) -> SlotRows:
    """Return the price row of each slot of readings."""
    seasons_on = around.seasons_on(segment) if charge.has_seasons else None
    return slot_rows(
        charge,
        segment.tariff,
        segment.zone,
        usage.starts_at,
        usage.interval_s,
        usage.values.shape[1],
        seasons_on,
    )


def run_sums(values: Units, rows: SlotRows) -> Whole:
    """Sum each run of slots, account by account, in pieces that fit the processor's cache."""
    sums = np.empty((values.shape[0], len(rows.run_starts)), np.int64)
    wide = _sum_type(values)
    for start in range(0, values.shape[0], CHUNK):
        piece = values[start : start + CHUNK]
        checked.readings(piece, start)
        sums[start : start + CHUNK] = np.add.reduceat(piece, rows.run_starts, axis=1, dtype=wide)
    return sums


def _sum_type(values: Units) -> type[np.int32] | type[np.int64]:
    """Return the cheapest type that cannot overflow: 2^15 values of 16 bits fit 32."""
    is_short = values.dtype.itemsize <= 2 and values.shape[1] <= SHORT_RUN
    return np.int32 if is_short else np.int64


def _attribute_runs(charge: EnergyCharge, usage: Usage) -> Runs:
    """Let every price row see the whole attribute: what it has a share of is time."""
    if not isinstance(usage, Totals):
        raise UsageError(f"charge {charge.code}: an attribute is one number, not readings")
    values = checked.totals(usage.values)
    rows = np.arange(len(charge.rows), dtype=np.int16)
    return Runs(np.repeat(values[:, np.newaxis], len(rows), axis=1), rows)


def _total_runs(charge: EnergyCharge, segment: Segment, values: Units, around: Around) -> Runs:
    """Spread a total over the seasons by days; the parts add up to it."""
    if charge.has_bands:
        raise UsageError(
            f"charge {charge.code} has time bands: it needs readings, or a total for each band"
        )
    return _spread(checked.totals(values), _day_rows(charge, segment, "", around))


def _register_runs(
    charge: EnergyCharge, segment: Segment, usage: Registers, around: Around
) -> Runs:
    """Give each register to the price rows of its band, spread over the seasons by days."""
    if not charge.has_bands:
        for values in usage.bands.values():
            checked.totals(values)
        return _total_runs(charge, segment, usage.values, around)
    bands = {row.band for row in charge.rows if row.band}
    if set(usage.bands) != bands:
        raise UsageError(
            f"charge {charge.code}: registers {', '.join(sorted(usage.bands))} "
            f"are not its bands {', '.join(sorted(bands))}"
        )
    each = [
        _spread(checked.totals(values), _day_rows(charge, segment, band, around))
        for band, values in usage.bands.items()
    ]
    return Runs(
        np.concatenate([runs.units for runs in each], axis=1),
        np.concatenate([runs.rows for runs in each]),
    )


def _spread(values: Whole, rows: list[int]) -> Runs:
    """Share values over the price rows of days, half up as they add up."""
    counts = [rows.count(row) for row in dict.fromkeys(rows)]
    whole = np.full_like(values, len(rows))
    ends = [shares(values, np.full_like(values, n), whole) for n in np.cumsum(counts).tolist()]
    units = np.diff(np.stack([np.zeros_like(values), *ends], axis=1), axis=1)
    return Runs(units, np.array(list(dict.fromkeys(rows)), np.int16))


def _day_rows(charge: EnergyCharge, segment: Segment, band: str, around: Around) -> list[int]:
    """Return the price row of each day of the segment in a band."""
    if not charge.has_seasons:
        return [_row_of(charge.rows, frozenset(), band)]
    on = around.seasons_on(segment)
    days = billing_days(segment.period, segment.zone)
    if not days:
        raise UsageError(f"charge {charge.code}: a total without a whole day has no season")
    return [
        _row_of(charge.rows, coverage.seasons_of(on or day, segment.tariff), band) for day in days
    ]


def _row_of(rows: tuple[PriceRow, ...], in_seasons: frozenset[str], band: str) -> int:
    held = (
        index
        for index, row in enumerate(rows)
        if (not row.season or row.season in in_seasons) and row.band in ("", band)
    )
    return next(held, coverage.FREE)

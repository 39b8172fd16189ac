"""The demand of n accounts: the greatest averages over windows, exact, in pieces that stay cached.

Energy in whole base units over minutes that divide the hour gives whole watts: nothing is rounded
but the root of an apparent power and the mean of several days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isqrt

import numpy as np

from tariffs.engine import checked
from tariffs.engine.arithmetic import Whole
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import averages
from tariffs.engine.quantities.windows import Places, Windows, lay, per_hour
from tariffs.engine.shape import UNITS, AnyCharge, DemandCharge, EnergyCharge, Peak
from tariffs.engine.values import Intervals, Registers, Segment, Totals, Units, Usage

CHUNK = 256  # accounts whose readings fit the cache together
MOST = 2**40  # base units in a window: more than any grid carries
POWER = ("W", "VA")
MOST_SQUARED = 2**31 - 1  # two such squares still fit 64 bits


@dataclass(frozen=True, eq=False)
class DayPeaks:
    """The greatest average of each day; one day 0 where only the greatest of all is asked for."""

    days: Places  # (days,)
    power: Whole  # (n, days) W or VA


def of_rows(
    charge: DemandCharge,
    segment: Segment,
    usage: Usage,
    reactive: Usage | None,
    seasons_on: date | None = None,
) -> list[DayPeaks]:
    """Return the peaks of each price row of a charge in a segment.

    :param seasons_on: the day whose seasons hold for the whole segment; left out, each its own

    :raises UsageError: if the use does not cover the segment or has no averages of that kind
    """
    if isinstance(usage, Intervals):
        checked.covering(usage, segment)
        other = None if reactive is None else matching(charge, usage, reactive)
        windows = windows_of(charge, segment, usage, seasons_on)
        return _of_intervals(charge, windows, usage, other)
    if charge.peak is not Peak.GREATEST or charge.with_reactive:
        raise UsageError(f"charge {charge.code}: its demand needs readings, not a register")
    if isinstance(usage, Registers):
        return _of_registers(charge, usage)
    return _of_totals(charge, segment, usage)


def windows_of(
    charge: DemandCharge, segment: Segment, use: Intervals, seasons_on: date | None
) -> Windows:
    """Return the windows over the readings of a segment."""
    slots, on = use.values.shape[1], seasons_on if charge.has_seasons else None
    return lay(charge, segment.tariff, segment.zone, use.starts_at, use.interval_s, slots, on)


def matching(charge: DemandCharge, active: Intervals, reactive: Usage | None) -> Intervals:
    """Return the reactive readings if they are of the times of the active ones.

    :raises UsageError: if they are not
    """
    if (
        isinstance(reactive, Intervals)
        and reactive.interval_s == active.interval_s
        and reactive.starts_at == active.starts_at
        and reactive.values.shape == active.values.shape
    ):
        return reactive
    raise UsageError(
        f"charge {charge.code}: readings of {charge.source!r} and {charge.with_reactive!r} "
        f"are not of the same times"
    )


def joined(found: Sequence[DayPeaks]) -> DayPeaks:
    """Put the days of several segments together."""
    days = np.concatenate([part.days for part in found])
    return _greatest_of_days(days, np.concatenate([part.power for part in found], axis=1))


def demand(charge: DemandCharge, found: DayPeaks) -> Whole:
    """Return the measured demand (n,): the greatest, the sum of days or the mean of some."""
    power = found.power
    if charge.peak is Peak.DAILY:
        return power.sum(axis=1, dtype=np.int64)
    if charge.peak is Peak.MEAN and power.size:
        return _mean(np.sort(power, axis=1)[:, -charge.mean_of :])
    return power.max(axis=1, initial=0)


def _mean(power: Whole) -> Whole:
    """Return the mean of the columns, half up to whole watts."""
    count = power.shape[1]
    return (2 * power.sum(axis=1, dtype=np.int64) + count) // (2 * count)


def _of_intervals(
    charge: DemandCharge, windows: Windows, use: Intervals, reactive: Intervals | None
) -> list[DayPeaks]:
    runs = np.empty((use.values.shape[0], len(windows.run_starts)), np.int64)
    for place, active, other in _pieces(use, reactive, windows.per):
        ranked = averages.marks(active, other, windows)
        runs[place] = averages.greatest_of_runs(ranked, windows)
    run_rows, run_days = windows.rows[windows.run_starts], windows.days[windows.run_starts]
    found = []
    for row in range(len(charge.rows)):
        mine = run_rows == row
        best = _greatest_of_days(run_days[mine], runs if mine.all() else runs[:, mine])
        found.append(DayPeaks(best.days, _power(charge, best.power, reactive is not None)))
    return found


def _pieces(
    use: Intervals, reactive: Intervals | None, per: int
) -> Iterator[tuple[slice, Units, Units | None]]:
    most = (MOST if reactive is None else MOST_SQUARED) // per
    for start in range(0, use.values.shape[0], CHUNK):
        place = slice(start, start + CHUNK)
        active = use.values[place]
        other = None if reactive is None else reactive.values[place]
        _check_range(active, start, most)
        if other is not None:
            _check_range(other, start, most)
        yield place, active, other


def _power(charge: DemandCharge, ranked: Whole, is_squared: bool) -> Whole:
    times = per_hour(charge)
    if not is_squared:
        return ranked * times
    roots = [_root(square * times * times) for square in ranked.ravel().tolist()]
    return np.array(roots, dtype=np.int64).reshape(ranked.shape)


def _root(square: int) -> int:
    """Return the square root, half up to a whole number."""
    return (isqrt(4 * square) + 1) // 2


def _greatest_of_days(days: Places, power: Whole) -> DayPeaks:
    """Return the greatest of the columns of each day."""
    order = np.argsort(days, kind="stable")
    known, firsts = np.unique(days[order], return_index=True)
    return DayPeaks(known, np.maximum.reduceat(power[:, order], firsts, axis=1))


def _of_registers(charge: DemandCharge, usage: Registers) -> list[DayPeaks]:
    """Take each register for the price rows of its band; without bands the greatest of all."""
    stated = {band: _stated(values) for band, values in usage.bands.items()}
    if not charge.has_bands:
        return [joined(list(stated.values()))] * len(charge.rows)
    bands = {row.band for row in charge.rows}
    if bands != set(stated):
        raise UsageError(
            f"charge {charge.code}: registers {', '.join(sorted(stated))} "
            f"are not its bands {', '.join(sorted(bands))}"
        )
    return [stated[row.band] for row in charge.rows]


def _of_totals(charge: DemandCharge, segment: Segment, usage: Totals) -> list[DayPeaks]:
    if charge.has_bands:
        raise UsageError(
            f"charge {charge.code} has time bands: a register for each of them is needed"
        )
    if any(_is_energy(c, charge.source) for c in segment.tariff.charges):
        raise UsageError(
            f"charge {charge.code}: a total of {charge.source!r} is energy and has no peak"
        )
    return [_stated(usage.values)] * len(charge.rows)


def _is_energy(charge: AnyCharge, source: str) -> bool:
    """Say whether a charge prices the units of a source; a register of power has none."""
    if not isinstance(charge, EnergyCharge) or source not in charge.sources:
        return False
    return UNITS[charge.unit].base not in POWER


def _stated(values: Units) -> DayPeaks:
    """Return what a demand register kept; it tells no day."""
    _check_range(values, 0, MOST)
    return DayPeaks(np.zeros(1, np.intp), values.astype(np.int64)[:, np.newaxis])


def _check_range(piece: Units, start: int, most: int) -> None:
    if not np.issubdtype(piece.dtype, np.integer):
        raise UsageError("use must be whole base units")
    if not piece.size:
        return
    if piece.min() < 0:
        raise UsageError(f"{_where(piece, int(piece.argmin()), start)}: negative or missing")
    if piece.dtype.itemsize > 2 and piece.max() > most:
        raise UsageError(f"{_where(piece, int(piece.argmax()), start)}: too great for a demand")


def _where(piece: Units, flat: int, start: int) -> str:
    account, *slot = (int(place) for place in np.unravel_index(flat, piece.shape))
    return f"account {start + account}" + "".join(f", slot {number}" for number in slot)

"""Which price row each reading falls into, from UTC-offset transitions and tables; cached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import gcd
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import coverage
from tariffs.engine.quantities.days import HOLIDAY
from tariffs.engine.shape import Clock, Metered, Tariff

DAY_S = 24 * 60 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
Offsets = tuple[tuple[int, int], ...]  # (from this UTC second on, seconds ahead of UTC)


@dataclass(frozen=True, eq=False)
class SlotRows:
    """The price row of every slot, and the runs of slots that share one."""

    rows: NDArray[np.int16]  # (slots,) index of the price row, or coverage.FREE
    run_starts: NDArray[np.intp]  # (runs,) first slot of each run
    run_rows: NDArray[np.int16]  # (runs,)


def slot_rows(
    charge: Metered,
    tariff: Tariff,
    zone: ZoneInfo,
    starts_at: datetime,
    interval_s: int,
    slots: int,
    seasons_on: date | None = None,
) -> SlotRows:
    """Label the slots that follow each other from `starts_at` on.

    :param seasons_on: the day whose seasons hold for all of them; left out, each has its own day's

    :raises UsageError: if a slot crosses the edge of a season or band
    """
    if not charge.has_seasons and not charge.has_bands:
        return _in_one_row(slots)
    return _in_rows(charge, tariff, zone, starts_at, interval_s, slots, seasons_on)


@lru_cache(maxsize=64)
def _in_one_row(slots: int) -> SlotRows:
    """Label slots that all have the same price, whatever the tariff."""
    return _in_runs(np.zeros(slots, np.int16))


@lru_cache(maxsize=256)
def _in_rows(
    charge: Metered,
    tariff: Tariff,
    zone: ZoneInfo,
    starts_at: datetime,
    interval_s: int,
    slots: int,
    seasons_on: date | None,
) -> SlotRows:
    start = seconds(starts_at)
    return _in_runs(_labelled(charge, tariff, zone, start, interval_s, slots, seasons_on))


def _in_runs(rows: NDArray[np.int16]) -> SlotRows:
    changes = np.flatnonzero(np.diff(rows)) + 1
    run_starts = np.concatenate(([0], changes)).astype(np.intp)
    return SlotRows(rows, run_starts, rows[run_starts])


@lru_cache(maxsize=512)
def offsets(zone: ZoneInfo, clock: Clock, starts_s: int, ends_s: int) -> Offsets:
    """Return the offsets in force from one UTC second up to another."""
    if clock is Clock.STANDARD:
        return ((starts_s, _standard_offset(zone, starts_s)),)
    found = [(starts_s, _offset(zone, starts_s))]
    at = starts_s
    while at < ends_s:
        step = min(at + DAY_S, ends_s)
        if _offset(zone, step) != found[-1][1]:
            changed = _transition(zone, at, step)
            if changed < ends_s:
                found.append((changed, _offset(zone, changed)))
        at = step
    return tuple(found)


def seconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


def _labelled(
    charge: Metered,
    tariff: Tariff,
    zone: ZoneInfo,
    starts_s: int,
    interval_s: int,
    slots: int,
    seasons_on: date | None,
) -> NDArray[np.int16]:
    known = offsets(zone, tariff.clock, starts_s, starts_s + interval_s * slots)
    step = _step(charge, tariff, interval_s, starts_s, known)
    per = interval_s // step
    moments = starts_s + step * np.arange(slots * per, dtype=np.int64)
    rows = _rows_at(charge, tariff, _local(moments, known), seasons_on).reshape(slots, per)
    crossed = (rows != rows[:, :1]).any(axis=1)
    if crossed.any():
        slot = EPOCH + timedelta(seconds=starts_s + interval_s * int(np.argmax(crossed)))
        raise UsageError(
            f"charge {charge.code}: the reading from {slot.isoformat()}, {interval_s} s long, "
            f"crosses the edge of a season or band; readings of {step} s are needed"
        )
    return np.ascontiguousarray(rows[:, 0])


def _step(charge: Metered, tariff: Tariff, interval_s: int, starts_s: int, known: Offsets) -> int:
    """Return the greatest step that meets every edge at which the price row can change."""
    edges = [60 * edge for row in charge.rows if row.band for edge in _edges(tariff, row.band)]
    moments = [number for pair in known for number in pair]
    return gcd(interval_s, DAY_S, starts_s, *edges, *moments)


def _edges(tariff: Tariff, band: str) -> list[int]:
    return [edge for window in tariff.bands[band] for edge in (window.starts, window.ends)]


def _local(moments: NDArray[np.int64], known: Offsets) -> NDArray[np.int64]:
    """Return local seconds since 1970 by the clock on the wall (or standard time)."""
    since = np.array([start for start, _ in known])
    ahead = np.array([offset for _, offset in known])
    return moments + ahead[np.searchsorted(since, moments, side="right") - 1]


def _rows_at(
    charge: Metered, tariff: Tariff, local: NDArray[np.int64], seasons_on: date | None
) -> NDArray[np.int16]:
    days, minutes = local // DAY_S, local % DAY_S // 60
    first, last = int(days.min()), int(days.max())  # a clock set back at 00:01 shows a day twice
    grids: list[coverage.DayGrid] = []
    index: dict[frozenset[str], int] = {}
    kinds = []
    for number in range(first, last + 1):
        day = date.fromordinal(EPOCH_DAY + number)
        in_seasons = coverage.seasons_of(seasons_on or day, tariff)
        if in_seasons not in index:
            index[in_seasons] = len(grids)
            grids.append(coverage.grid(charge, tariff, in_seasons))
        kinds.append((index[in_seasons], HOLIDAY if day in tariff.holidays else day.weekday()))
    table = np.array(kinds)[days - first]
    return np.stack(grids)[table[:, 0], table[:, 1], minutes]


def _offset(zone: ZoneInfo, second: int) -> int:
    local = (EPOCH + timedelta(seconds=second)).astimezone(zone)
    return seconds(local.replace(tzinfo=UTC)) - second


def _standard_offset(zone: ZoneInfo, second: int) -> int:
    """Return the smaller offset of midwinter and midsummer: the clock that does not change."""
    year = (EPOCH + timedelta(seconds=second)).astimezone(zone).year
    return min(_offset(zone, seconds(datetime(year, month, 1, tzinfo=UTC))) for month in (1, 7))


def _transition(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first second between the two that has the later offset."""
    target = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == target:
            after = middle
        else:
            before = middle
    return after

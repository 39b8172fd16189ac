"""Read series: as they are now, or as they were when a statement froze its inputs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from meters.models import Channel, ReadingBlockRevision
from meters.readings import databases
from meters.readings.databases.kinds import Run
from meters.readings.packing import (
    MISSING,
    BadBlock,
    Codes,
    Values,
    slots_per_day,
    unpack,
    unpack_status,
)
from meters.readings.quality import Quality

Revs = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Series:
    """The slots of one channel in a period; `values` are base units or `MISSING`."""

    starts_at: datetime
    interval_s: int
    values: Values
    status: Codes
    revs: bytes  # as `fetch_matrix` gives them


@dataclass(frozen=True, slots=True)
class Window:
    """The whole UTC days around a period, and where the period lies in them."""

    first: date
    last: date
    slots: int  # of a day
    start: int
    stop: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def window(period: Period, interval_s: int) -> Window:
    """Return the days to read for a period.

    :raises BadBlock: if the period does not begin and end between two slots
    """
    slots = slots_per_day(interval_s)
    starts_at, ends_at = period.starts_at.astimezone(UTC), period.ends_at.astimezone(UTC)
    first = starts_at.date()
    last = (ends_at - timedelta(microseconds=1)).date()
    edge = datetime(first.year, first.month, first.day, tzinfo=UTC)
    start, start_rest = divmod((starts_at - edge).total_seconds(), interval_s)
    stop, stop_rest = divmod((ends_at - edge).total_seconds(), interval_s)
    if start_rest or stop_rest:
        raise BadBlock(f"{period} does not lie on bounds of {interval_s} seconds")
    return Window(first, last, slots, int(start), int(stop))


def fetch(channel_ids: Sequence[int], period: Period) -> dict[int, Series]:
    """Return the series of each channel, whatever its interval; one query per interval length."""
    by_interval: dict[int, list[int]] = defaultdict(list)
    intervals = Channel.objects.filter(pk__in=channel_ids).values_list("pk", "interval_s")
    for channel_id, interval_s in intervals:
        by_interval[interval_s].append(channel_id)
    return {
        channel_id: Series(period.starts_at, interval_s, values, status, revs)
        for interval_s, ids in by_interval.items()
        for channel_id, values, status, revs in zip(
            ids, *fetch_matrix(ids, period, interval_s), strict=True
        )
    }


def fetch_matrix(
    channel_ids: Sequence[int], period: Period, interval_s: int
) -> tuple[Values, Codes, list[bytes]]:
    """Return values, codes and revisions with a row for each channel, in one query.

    The revisions of a channel are little-endian uint32, one for each UTC day that the period
    touches, 0 where there is no block. A slot that arrives later under the same revision was
    missing before, so a period that was whole is rebuilt exactly from its revisions.

    :raises BadBlock: if the period is not cut at slots, or a block has another interval
    """
    days = window(period, interval_s)
    values, codes, revs = _days(channel_ids, days)
    return (*_cropped(values, codes, days), [row.tobytes() for row in revs])


def fetch_matrix_as_billed(
    channel_ids: Sequence[int], period: Period, interval_s: int, revs: Sequence[bytes]
) -> tuple[Values, Codes]:
    """Return what `fetch_matrix` returned when it gave these revisions, in two queries.

    :raises BadBlock: if a revision is asked for that was never written
    """
    days = window(period, interval_s)
    values, codes, now = _days(channel_ids, days)
    then = np.array([np.frombuffer(row, dtype="<u4") for row in revs], dtype=np.uint32)
    if then.shape != now.shape:
        raise BadBlock("there must be a revision for each channel and day")
    _rewind(channel_ids, days, values, codes, now=now, then=then)
    return _cropped(values, codes, days)


def fetch_as_billed(channel_id: int, period: Period, interval_s: int, revs: bytes) -> Series:
    """Return one channel's series as of recorded revisions.

    :raises BadBlock: if a revision is asked for that was never written
    """
    values, codes = fetch_matrix_as_billed([channel_id], period, interval_s, [revs])
    return Series(period.starts_at, interval_s, values[0], codes[0], revs)


def _days(channel_ids: Sequence[int], days: Window) -> tuple[Values, Codes, Revs]:
    shape = (len(channel_ids), days.days, days.slots)
    values = np.full(shape, MISSING, dtype=np.int64)
    codes = np.full(shape, Quality.MISSING, dtype=np.uint8)
    revs = np.zeros(shape[:2], dtype="<u4")
    place = {int(channel_id): row for row, channel_id in enumerate(channel_ids)}
    for run in databases.current().rows(channel_ids, days.first, days.last):
        row = place[run.channel_id]
        held = _unpacked(run, days.slots)
        values[row, run.offsets] = held
        codes[row, run.offsets] = unpack_status(held, run.status or [None] * len(held))
        revs[row, run.offsets] = run.revs
    return values, codes, revs


def _unpacked(run: Run, slots: int) -> Values:
    if len(set(run.sizes)) == 1:
        return unpack(run.sizes[:1], [run.data], slots * len(run.sizes)).reshape(-1, slots)
    data, at = [], 0
    for size in run.sizes:
        data.append(run.data[at : at + size * slots])
        at += size * slots
    if at != len(run.data):
        raise BadBlock(f"channel {run.channel_id} has blocks of another interval")
    return unpack(run.sizes, data, slots)


def _rewind(
    channel_ids: Sequence[int],
    days: Window,
    values: Values,
    codes: Codes,
    *,
    now: Revs,
    then: Revs,
) -> None:
    """Put older revisions in the place of newer ones; revision 0 is the day without a block."""
    never = then == 0
    values[never], codes[never] = MISSING, Quality.MISSING
    wanted = {
        (int(channel_ids[row]), days.first + timedelta(days=offset), int(then[row, offset])): (
            row,
            offset,
        )
        for row, offset in np.argwhere((then != now) & ~never).tolist()
    }
    if not wanted:
        return
    kept = ReadingBlockRevision.objects.filter(
        channel_id__in={channel_id for channel_id, _, _ in wanted},
        day__range=(days.first, days.last),
    ).values_list("channel_id", "day", "rev", "enc", "data", "status")
    for channel_id, day, rev, size, data, status in kept:
        if spot := wanted.pop((channel_id, day, rev), None):
            old = unpack([size], [bytes(data)], days.slots)
            values[spot] = old[0]
            codes[spot] = unpack_status(old, [bytes(status) if status else None])[0]
    if wanted:
        channel_id, day, rev = min(wanted)
        raise BadBlock(f"channel {channel_id} has no revision {rev} of {day}")


def _cropped(values: Values, codes: Codes, days: Window) -> tuple[Values, Codes]:
    rows = len(values)
    return (
        values.reshape(rows, days.days * days.slots)[:, days.start : days.stop],
        codes.reshape(rows, days.days * days.slots)[:, days.start : days.stop],
    )

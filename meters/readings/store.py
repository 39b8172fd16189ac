"""Write readings: new days in bulk, known days slot by slot, the same bytes not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from django.db import IntegrityError, transaction

from core import bulk
from meters.models import ReadingBlock, ReadingBlockRevision
from meters.readings import databases
from meters.readings.databases.kinds import Block
from meters.readings.merge import Merged, merge
from meters.readings.packing import (
    DAY_S,
    MISSING,
    BadBlock,
    Codes,
    Values,
    pack,
    pack_status,
    slots_per_day,
    unpack,
    unpack_status,
)
from meters.readings.quality import Quality

BLOCK_COLUMNS = ["channel_id", "day", "enc", "data", "status", "rev", "source", "recorded_at"]
REVISION_COLUMNS = [*BLOCK_COLUMNS, "replaced_at", "reason", "actor_id"]
TRIES = 3


class StoreContended(Exception):
    """Other workers kept inserting the same days; nothing was written."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Neighbouring slots of one channel, from a moment on."""

    channel_id: int
    starts_at: datetime
    interval_s: int
    values: Values
    codes: Codes | Quality = Quality.ACTUAL


class Conflict(NamedTuple):
    """A value that arrived for a slot whose value may not be replaced without a decision."""

    channel_id: int
    starts_at: datetime
    held: int
    arrived: int


@dataclass(slots=True)
class Stored:
    """How many blocks were written, and what was refused."""

    inserted: int = 0
    changed: int = 0
    revised: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    def add(self, other: Stored) -> None:
        self.inserted += other.inserted
        self.changed += other.changed
        self.revised += other.revised
        self.conflicts += other.conflicts


@dataclass(frozen=True, slots=True)
class _Writing:
    source: str
    recorded_at: datetime
    reason: str
    actor_id: int | None
    decided: bool


def store_slots(
    arriving: Sequence[Slots],
    *,
    source: str,
    recorded_at: datetime,
    reason: str = "",
    actor_id: int | None = None,
    decided: bool = False,
) -> Stored:
    """Merge slots into the days that they fall on; a repeat writes nothing.

    :param decided: somebody decided that the new values replace actual ones
    :raises BadBlock: if slots do not begin on a bound of their interval
    """
    stored = Stored()
    with transaction.atomic():
        for found in _by_day(arriving).values():
            stored.add(
                store_days(
                    [channel_id for channel_id, _ in found.keys],
                    [day for _, day in found.keys],
                    found.values,
                    found.codes,
                    source=source,
                    recorded_at=recorded_at,
                    reason=reason,
                    actor_id=actor_id,
                    decided=decided,
                )
            )
    return stored


def store_days(
    channel_ids: Sequence[int],
    days: Sequence[date],
    values: Values,
    codes: Codes | None = None,
    *,
    source: str,
    recorded_at: datetime,
    reason: str = "",
    actor_id: int | None = None,
    decided: bool = False,
) -> Stored:
    """Merge whole UTC days of one interval length: a row of `values` for each channel and day.

    Each channel and day may come once.

    :param codes: quality of each slot; without them all are actual
    :raises StoreContended: if other workers insert the same days again and again
    """
    how = _Writing(source, recorded_at, reason, actor_id, decided)
    channel_ids = [int(channel_id) for channel_id in channel_ids]
    for tried in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _write(channel_ids, days, values, codes, how)
        except IntegrityError as error:  # another worker inserted one of the days since we looked
            if tried == TRIES:
                raise StoreContended(f"{len(days)} days") from error
    raise AssertionError("unreachable")


def _write(
    channel_ids: Sequence[int],
    days: Sequence[date],
    values: Values,
    codes: Codes | None,
    how: _Writing,
) -> Stored:
    held = databases.current().lock(channel_ids, days)
    rows = _rows_of(held, channel_ids, days)
    is_new = (values != MISSING).any(axis=1)
    is_new[rows] = False
    stored = _merge_held(held, values[rows], _codes_of(rows, values, codes), how)
    stored.inserted = _insert(channel_ids, days, values, codes, np.flatnonzero(is_new), how)
    return stored


def _rows_of(held: list[Block], channel_ids: Sequence[int], days: Sequence[date]) -> list[int]:
    """Return the row of each held block among the arriving days."""
    if not held:
        return []
    place = {key: row for row, key in enumerate(zip(channel_ids, days, strict=True))}
    if len(place) != len(days):
        raise BadBlock("a channel and day came twice")
    return [place[block.channel_id, block.day] for block in held]


def _insert(
    channel_ids: Sequence[int],
    days: Sequence[date],
    values: Values,
    codes: Codes | None,
    new: np.ndarray[tuple[int], np.dtype[np.int64]],
    how: _Writing,
) -> int:
    if not len(new):
        return 0
    fresh = values if len(new) == len(values) else values[new]
    sizes, data = pack(fresh)
    status = [None] * len(new) if codes is None else pack_status(fresh, codes[new])
    blocks = (
        (channel_ids[row], days[row], size, packed, state, 1, how.source, how.recorded_at)
        for row, size, packed, state in zip(new.tolist(), sizes, data, status, strict=True)
    )
    return bulk.write(ReadingBlock, BLOCK_COLUMNS, blocks)


def _codes_of(rows: list[int], values: Values, codes: Codes | None) -> Codes:
    if codes is not None:
        return codes[rows]
    return np.full((len(rows), values.shape[1]), Quality.ACTUAL, dtype=np.uint8)


def _merge_held(held: list[Block], values: Values, codes: Codes, how: _Writing) -> Stored:
    if not held:
        return Stored()
    slots = values.shape[1]
    before = unpack([b.enc for b in held], [bytes(b.data) for b in held], slots)
    before_codes = unpack_status(before, [bytes(b.status) if b.status else None for b in held])
    merged = merge(before, before_codes, values, codes, decided=how.decided)
    changed = np.flatnonzero(merged.is_changed)
    revised = [held[row] for row in np.flatnonzero(merged.is_revised).tolist()]
    if revised:
        bulk.write(
            ReadingBlockRevision,
            REVISION_COLUMNS,
            [(*old, how.recorded_at, how.reason, how.actor_id) for old in revised],
        )
    if len(changed):
        databases.current().update(_new_blocks(held, merged, changed.tolist(), how))
    return Stored(
        changed=len(changed),
        revised=len(revised),
        conflicts=_conflicts(held, before, values, merged),
    )


def _new_blocks(held: list[Block], merged: Merged, rows: list[int], how: _Writing) -> list[Block]:
    sizes, data = pack(merged.values[rows])
    status = pack_status(merged.values[rows], merged.codes[rows])
    return [
        Block(
            held[row].channel_id,
            held[row].day,
            size,
            packed,
            state,
            held[row].rev + int(merged.is_revised[row]),
            how.source,
            how.recorded_at,
        )
        for row, size, packed, state in zip(rows, sizes, data, status, strict=True)
    ]


def _conflicts(held: list[Block], before: Values, values: Values, merged: Merged) -> list[Conflict]:
    interval_s = DAY_S // values.shape[1]
    return [
        Conflict(
            held[row].channel_id,
            _midnight(held[row].day) + timedelta(seconds=slot * interval_s),
            int(before[row, slot]),
            int(values[row, slot]),
        )
        for row, slot in np.argwhere(merged.in_conflict).tolist()
    ]


@dataclass(frozen=True, slots=True)
class _Days:
    """Whole days of one length, a row for each channel and day."""

    keys: list[tuple[int, date]]
    values: Values
    codes: Codes


def _by_day(arriving: Sequence[Slots]) -> dict[int, _Days]:
    """Spread runs of slots over empty days, by slots per day; a later run wins over an earlier."""
    by_length: dict[int, list[Slots]] = defaultdict(list)
    for run in arriving:
        by_length[slots_per_day(run.interval_s)].append(run)
    return {slots: _spread(runs, slots) for slots, runs in sorted(by_length.items())}


def _spread(runs: list[Slots], slots: int) -> _Days:
    pieces = [(run, *piece) for run in runs for piece in _pieces(run, slots)]
    keys = sorted({(run.channel_id, day) for run, day, _, _ in pieces})
    place = {key: row for row, key in enumerate(keys)}
    values = np.full((len(keys), slots), MISSING, dtype=np.int64)
    codes = np.full((len(keys), slots), Quality.MISSING, dtype=np.uint8)
    for run, day, start, part in pieces:
        row, here = place[run.channel_id, day], slice(start, start + part.stop - part.start)
        values[row, here] = run.values[part]
        codes[row, here] = run.codes[part] if isinstance(run.codes, np.ndarray) else run.codes
    return _Days(keys, values, codes)


def _pieces(run: Slots, slots: int) -> list[tuple[date, int, slice]]:
    """Return, for each day that a run touches, its first slot there and the part of the run."""
    starts_at = run.starts_at.astimezone(UTC)
    first = starts_at.date()
    seconds = starts_at.hour * 3600 + starts_at.minute * 60 + starts_at.second
    start, rest = divmod(seconds, run.interval_s)
    if rest or starts_at.microsecond:
        raise BadBlock(f"{run.starts_at} is not on a bound of {run.interval_s} seconds")
    pieces, done, count = [], 0, len(run.values)
    while done < count:
        days, slot = divmod(start + done, slots)
        size = min(slots - slot, count - done)
        day = first + timedelta(days=days) if days else first
        pieces.append((day, slot, slice(done, done + size)))
        done += size
    return pieces


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

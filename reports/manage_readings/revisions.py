"""What stood in a day before it was changed, beside what stands there now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
from django.utils.functional import Promise

from meters.models import ReadingBlock, ReadingBlockRevision
from meters.models.readings import PackedDay
from meters.readings import MISSING
from meters.readings.packing import Codes, Values, slots_per_day, unpack, unpack_status
from reports.manage_readings.parts import Part
from reports.manage_readings.words import WORDS


@dataclass(frozen=True)
class Change:
    """One interval that changed: value and quality before and after."""

    starts_at: datetime
    before: str
    before_quality: str | Promise
    after: str
    after_quality: str | Promise


@dataclass(frozen=True)
class Replaced:
    """One old revision of a UTC day, and what the next one changed in this local day."""

    day: date
    rev: int
    source: str
    recorded_at: datetime
    replaced_at: datetime
    reason: str
    by: str
    changes: Sequence[Change]


def replaced(parts: Sequence[Part], days: Sequence[date]) -> dict[int, list[Replaced]]:
    """Return the old revisions of these UTC days by channel, the newest first.

    One query where nothing was ever changed, two otherwise.
    """
    keys = [part.channel.channel_id for part in parts]
    kept = list(
        ReadingBlockRevision.objects.filter(channel__in=keys, day__in=days)
        .select_related("actor")
        .order_by("channel_id", "day", "rev")
    )
    if not kept:
        return {}
    now = ReadingBlock.objects.filter(channel__in=keys, day__in=days)
    versions: dict[tuple[int, date], list[PackedDay]] = defaultdict(list)
    for version in (*kept, *now):
        versions[version.channel_id, version.day].append(version)
    found: dict[int, list[Replaced]] = {}
    for part in parts:
        mine = [rows for (key, _day), rows in versions.items() if key == part.channel.channel_id]
        old = [one for rows in mine for one in _steps(part, rows)]
        found[part.channel.channel_id] = sorted(old, key=lambda one: one.replaced_at, reverse=True)
    return found


def _steps(part: Part, versions: Sequence[PackedDay]) -> Iterator[Replaced]:
    for old, new in pairwise(versions):
        if isinstance(old, ReadingBlockRevision):
            yield Replaced(
                day=old.day,
                rev=old.rev,
                source=old.source,
                recorded_at=old.recorded_at,
                replaced_at=old.replaced_at,
                reason=old.reason,
                by=old.actor.get_full_name() if old.actor else "",
                changes=_changes(part, old, new),
            )


def _changes(part: Part, old: PackedDay, new: PackedDay) -> list[Change]:
    slots = slots_per_day(part.channel.interval_s)
    before, before_codes = _unpacked(old, slots)
    after, after_codes = _unpacked(new, slots)
    differs = (before != after) | (before_codes != after_codes)
    midnight = datetime.combine(old.day, time.min, tzinfo=UTC)
    moments = {
        place: midnight + timedelta(seconds=part.channel.interval_s * place)
        for place in np.flatnonzero(differs).tolist()
    }
    return [
        Change(
            at,
            _told(part, int(before[place])),
            WORDS[int(before_codes[place])],
            _told(part, int(after[place])),
            WORDS[int(after_codes[place])],
        )
        for place, at in moments.items()
        if at in part.channel.period
    ]


def _unpacked(block: PackedDay, slots: int) -> tuple[Values, Codes]:
    values = unpack([block.enc], [bytes(block.data)], slots)
    codes = unpack_status(values, [bytes(block.status) if block.status else None])
    return values[0], codes[0]


def _told(part: Part, value: int) -> str:
    return "–" if value == MISSING else part.told(value)

"""Blocks on SQLite: ordered rows joined in Python; IMMEDIATE transactions are the lock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.timezone import make_aware

from meters.models import ReadingBlock
from meters.readings.databases.kinds import Block, Run

RUNS = """
    SELECT channel_id, julianday(day) - julianday(%s), enc, data, rev, status
      FROM meters_readingblock
     WHERE channel_id IN (SELECT value FROM json_each(%s)) AND day BETWEEN %s AND %s
     ORDER BY channel_id, day
"""
HELD = """
    SELECT channel_id, day, enc, data, status, rev, source, recorded_at
      FROM meters_readingblock
     WHERE (channel_id, day) IN (SELECT value ->> 0, value ->> 1 FROM json_each(%s))
     ORDER BY channel_id, day
"""
CHANGE = """
    UPDATE meters_readingblock
       SET enc = %s, data = %s, status = %s, rev = %s, source = %s, recorded_at = %s
     WHERE channel_id = %s AND day = %s
"""


def rows(channel_ids: Sequence[int], first: date, last: date) -> Iterator[Run]:
    """Yield the blocks of each channel between two days, both included; one query."""
    ids = json.dumps([int(channel_id) for channel_id in channel_ids])
    with connection.cursor() as cursor:
        cursor.execute(RUNS, [first.isoformat(), ids, first.isoformat(), last.isoformat()])
        for channel_id, group in groupby(cursor.fetchall(), key=itemgetter(0)):
            _, offsets, sizes, data, revs, status = zip(*group, strict=True)
            yield Run(
                channel_id,
                np.array(offsets, dtype=np.float64).astype(np.int64),
                list(sizes),
                b"".join(data),
                np.array(revs, dtype=np.uint32),
                list(status) if any(status) else None,
            )


def lock(channel_ids: Sequence[int], days: Sequence[date]) -> list[Block]:
    """Return the blocks that exist under these pairs, in order."""
    pairs = [
        [int(channel_id), day.isoformat()]
        for channel_id, day in zip(channel_ids, days, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(HELD, [json.dumps(pairs)])
        return [_block(*row) for row in cursor.fetchall()]


def _block(
    channel_id: int,
    day: date | str,
    enc: int,
    data: bytes,
    status: bytes | None,
    rev: int,
    source: str,
    recorded_at: str,
) -> Block:
    moment = parse_datetime(str(recorded_at))
    if moment is None:
        raise ValueError(f"{recorded_at!r} is not a moment")
    aware = moment if moment.tzinfo else make_aware(moment)
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return Block(channel_id, on, enc, data, status, rev, source, aware)


def update(blocks: Sequence[Block]) -> None:
    adapt = ReadingBlock._meta.get_field("recorded_at").get_db_prep_value
    changes = [
        (b.enc, b.data, b.status, b.rev, b.source, adapt(b.recorded_at, connection), b.channel_id,
         b.day.isoformat())
        for b in blocks
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(CHANGE, changes)

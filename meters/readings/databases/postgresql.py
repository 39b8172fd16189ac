"""Blocks on PostgreSQL: one row per channel on the way out, arrays in binary on the way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

from meters.readings.databases.kinds import Block, Run

# int4send and string_agg give packed arrays, so that a month of a channel is one small row.
RUNS = """
    SELECT channel_id,
           string_agg(int4send(day - %s::date), ''::bytea ORDER BY day),
           string_agg(int2send(enc), ''::bytea ORDER BY day),
           string_agg(data, ''::bytea ORDER BY day),
           string_agg(int4send(rev::int4), ''::bytea ORDER BY day),
           CASE WHEN count(status) > 0 THEN array_agg(status ORDER BY day) END
      FROM meters_readingblock
     WHERE channel_id = ANY(%s::int4[]) AND day BETWEEN %s AND %s
     GROUP BY channel_id
"""
LOCKED = """
    SELECT b.channel_id, b.day, b.enc, b.data, b.status, b.rev, b.source, b.recorded_at
      FROM unnest(%s::int4[], %s::date[]) AS k(channel_id, day)
      JOIN meters_readingblock b USING (channel_id, day)
     ORDER BY b.channel_id, b.day
       FOR UPDATE OF b
"""
LOCKED_OF_ONE_DAY = """
    SELECT channel_id, day, enc, data, status, rev, source, recorded_at
      FROM meters_readingblock
     WHERE channel_id = ANY(%s::int4[]) AND day = %s
     ORDER BY channel_id
       FOR UPDATE
"""
CHANGE = """
    UPDATE meters_readingblock AS b
       SET enc = n.enc, data = n.data, status = nullif(n.status, ''::bytea), rev = n.rev,
           source = n.source, recorded_at = n.recorded_at
      FROM unnest(%b::int4[], %b::date[], %b::int2[], %b::bytea[], %b::bytea[], %b::int2[],
                  %b::text[], %b::timestamptz[])
           AS n(channel_id, day, enc, data, status, rev, source, recorded_at)
     WHERE b.channel_id = n.channel_id AND b.day = n.day
"""


def rows(channel_ids: Sequence[int], first: date, last: date) -> Iterator[Run]:
    """Yield the blocks of each channel between two days, both included; one query."""
    with _cursor() as cursor:
        cursor.execute(RUNS, [first, _array(channel_ids), first, last])
        for channel_id, offsets, sizes, data, revs, status in cursor.fetchall():
            yield Run(
                channel_id,
                np.frombuffer(offsets, ">i4").astype(np.int64),
                np.frombuffer(sizes, ">i2").tolist(),
                data,
                np.frombuffer(revs, ">u4").astype(np.uint32),
                status,
            )


def lock(channel_ids: Sequence[int], days: Sequence[date]) -> list[Block]:
    """Return the blocks that exist under these pairs, in order, locked until commit."""
    distinct = set(days)
    with _cursor() as cursor:
        if len(distinct) == 1:
            cursor.execute(LOCKED_OF_ONE_DAY, [_array(channel_ids), *distinct])
        else:
            cursor.execute(LOCKED, [_array(channel_ids), _array(days)])
        return [Block(*row) for row in cursor.fetchall()]


def update(blocks: Sequence[Block]) -> None:
    columns: list[list[Any]] = [list(column) for column in zip(*blocks, strict=True)]
    columns[4] = [status or b"" for status in columns[4]]
    with _cursor() as cursor:
        cursor.execute(CHANGE, columns)


def _array(values: Sequence[int] | Sequence[date]) -> str:
    """Write plain values as PostgreSQL's own text, many times faster than one by one."""
    return "{" + ",".join(map(str, values)) + "}"


def _cursor() -> CursorWrapper:
    """Return Django's cursor around one that sends and receives bytes as bytes, not as hex."""
    connection.ensure_connection()
    raw: Any = psycopg.Cursor(connection.connection)
    raw.format = psycopg.pq.Format.BINARY
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(raw)

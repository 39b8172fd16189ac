"""Readings into blocks: a day of every meter as a matrix, late days, scattered fixes, a repeat.

The floor is one COPY of the same blocks as finished rows; how fast the bytes alone go in is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.db import connection, transaction

from benchmarks.databases import migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from core import bulk
from meters.models import Channel, Meter, ReadingBlock, ReadingBlockRevision
from meters.readings import Quality, Slots, store_days, store_slots
from meters.readings.packing import Values, pack
from meters.readings.store import BLOCK_COLUMNS

SIZES = {"small": 1_000, "full": 10_000}
SLOTS = 96
FIRST_DAY = date(2026, 10, 1)
NOW = datetime(2026, 10, 2, tzinfo=UTC)
SEED = 20261001


@dataclass
class _Measured:
    """The costs of each repeat, side by side."""

    matrix: list[Cost] = field(default_factory=list)
    floor: list[Cost] = field(default_factory=list)
    bytes_alone: list[Cost] = field(default_factory=list)
    late: list[Cost] = field(default_factory=list)
    fixes: list[Cost] = field(default_factory=list)
    size: int = 0
    written_again: int = 0


def run(scale: str, repeat: int) -> list[Record]:
    """Measure a day of the scale's number of meters.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    n = SIZES[scale]
    with migrated():
        channels = _channels(n)
        measured = _measure(channels, repeat)
    return _records(measured, n * SLOTS, repeat)


def _channels(n: int) -> list[int]:
    meters = Meter.objects.bulk_create(
        [Meter(serial=str(number), maker="Bench", model="One") for number in range(n)]
    )
    rows = [Channel(meter=meter, quantity="import", unit="Wh") for meter in meters]
    return [channel.pk for channel in Channel.objects.bulk_create(rows)]


def _measure(channels: list[int], repeat: int) -> _Measured:
    measured = _Measured()
    random = np.random.default_rng(SEED)
    for number in range(repeat + 1):  # the first round warms up and is not counted
        day = FIRST_DAY + timedelta(days=number)
        days = [day] * len(channels)
        values = random.integers(30, 2_000, (len(channels), SLOTS))
        other = np.where(values > 1_000, values - 1, values + 1)
        rows = _rows(channels, day, values)
        store = partial(_store, channels, days)
        costs_of_round = [
            _cost(partial(_copy_rows, rows), empty=True),
            _cost(_copying_of_bytes(), empty=True),
            _cost(partial(store, values), empty=True),
        ]
        measured.size = measured.size or _size()
        measured.written_again += _written(partial(store, values))
        costs_of_round.append(_cost(partial(store, other, decided=True)))
        costs_of_round.append(_cost(_fixing(channels, day, random)))
        if number:
            floor, bytes_alone, matrix, late, fixes = costs_of_round
            measured.floor.append(floor)
            measured.bytes_alone.append(bytes_alone)
            measured.matrix.append(matrix)
            measured.late.append(late)
            measured.fixes.append(fixes)
    return measured


def _cost(work: Callable[[], object], *, empty: bool = False) -> Cost:
    if empty:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE meters_readingblock")
    with costs() as cost, transaction.atomic():
        work()
    return cost


def _store(channels: list[int], days: list[date], values: Values, *, decided: bool = False) -> None:
    store_days(channels, days, values, source="bench", recorded_at=NOW, decided=decided)


def _rows(channels: list[int], day: date, values: Values) -> list[tuple[object, ...]]:
    sizes, data = pack(values)
    return [
        (channel, day, size, packed, None, 1, "bench", NOW)
        for channel, size, packed in zip(channels, sizes, data, strict=True)
    ]


def _copy_rows(rows: list[tuple[object, ...]]) -> None:
    bulk.write(ReadingBlock, BLOCK_COLUMNS, rows)


def _copying_of_bytes() -> Callable[[], None]:
    """Take the table as it is, in COPY's own bytes; return what puts them in again."""
    names = ", ".join(BLOCK_COLUMNS)
    with connection.cursor() as cursor:
        sql = f"COPY (SELECT {names} FROM meters_readingblock) TO STDOUT (FORMAT BINARY)"
        with cursor.copy(sql) as copy:
            data = b"".join(bytes(part) for part in copy)

    def put() -> None:
        sql = f"COPY meters_readingblock ({names}) FROM STDIN (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(data)

    return put


def _fixing(channels: list[int], day: date, random: np.random.Generator) -> Callable[[], object]:
    """Return the fixing of one slot in every block, each somewhere else in its day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    places = random.integers(0, SLOTS, len(channels)).tolist()
    fixed = [
        Slots(
            channel,
            start + place * timedelta(minutes=15),
            900,
            np.array([5_000 + place]),
            Quality.SUBSTITUTED,
        )
        for channel, place in zip(channels, places, strict=True)
    ]
    return lambda: store_slots(fixed, source="bench", recorded_at=NOW, decided=True)


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('meters_readingblock')")
        return int(cursor.fetchone()[0])


def _written(work: Callable[[], object]) -> int:
    """Return how many blocks were written by work that should write none."""
    before = _moved_to_later()
    work()
    return _moved_to_later() - before


def _moved_to_later() -> int:
    revisions = ReadingBlockRevision.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text || ctid::text) FROM meters_readingblock")
        rows = int(cursor.fetchone()[0])
        cursor.execute("SELECT max(xmin::text::bigint) FROM meters_readingblock")
        return revisions + rows + int(cursor.fetchone()[0])


def _records(m: _Measured, readings: int, repeat: int) -> list[Record]:
    common: dict[str, Any] = {"n": readings, "repeat": repeat}
    matrix, floor, bytes_alone = middle(m.matrix), middle(m.floor), middle(m.bytes_alone)
    late, fixes = middle(m.late), middle(m.fixes)
    fixed = readings // SLOTS
    return [
        record(
            "ingest.matrix",
            product=matrix.cpu_us(readings),
            floor=floor.cpu_us(readings),
            ratio=median_ratio([c.cpu_s for c in m.matrix], [c.cpu_s for c in m.floor]),
            goal="<= 1.5",
            unit="µs of CPU per reading",
            cost=matrix,
            bytes_floor=round(bytes_alone.cpu_us(readings), 3),
            **common,
        ),
        record(
            "ingest.late_day",
            product=readings / late.cpu_s,
            goal=">= 400000",
            unit="readings replaced per second of CPU",
            cost=late,
            **common,
        ),
        record(
            "ingest.fixes",
            n=fixed,
            repeat=repeat,
            product=fixed / fixes.cpu_s,
            goal=">= 20000",
            unit="fixes per second of CPU",
            cost=fixes,
        ),
        record(
            "ingest.bytes",
            product=m.size / readings,
            goal="<= 3.0",
            unit="bytes of table and index per reading",
            **common,
        ),
        record(
            "ingest.wal",
            product=matrix.wal_bytes / readings,
            goal="<= 3.3",
            unit="bytes of WAL per reading",
            is_count=True,
            **common,
        ),
        record(
            "ingest.again",
            product=m.written_again,
            goal="== 0",
            unit="blocks written by the same matrix again",
            is_count=True,
            **common,
        ),
    ]

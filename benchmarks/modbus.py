"""Polls of 200 meters that stay connected: guarded read, decode, validation and block write.

The meters are answered by another process, whose CPU does not count. Floors, in the same run:
pymodbus alone, a lean asyncio protocol, one blocking socket. Then a tenth of the meters is dead.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from pymodbus.client import AsyncModbusTcpClient

from benchmarks.answering import REGISTERS, STEP
from benchmarks.databases import migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from core.periods import Period
from meters.models import Channel, Meter
from meters.readings import MISSING, Slots, fetch_matrix, store_slots
from meters.sources.modbus import Answer, Limits, Line, Map, Target, decode, read_lines
from meters.vee.counters import Counter, slots_between
from meters.vee.rules import Bounds

METERS = 200
DEAD = 20
SWEEPS = {"small": 10, "full": 40}
START = datetime(2026, 10, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
BOUNDS = Bounds(modulus=10**15, per_hour=100_000)
LIMITS = Limits(timeout=0.5, meter_deadline=2.0)
NAMES = ("import", "export", *(f"r{place}" for place in range(8, REGISTERS, 2)))
MAP = Map.parse(
    {
        "code": "bench",
        "registers": {
            "import": {"kind": "holding", "address": 0, "type": "int64", "unit": "Wh"},
            "export": {"kind": "holding", "address": 4, "type": "int64", "unit": "Wh"},
            **{
                f"r{place}": {"kind": "holding", "address": place, "type": "uint32", "unit": "W"}
                for place in range(8, REGISTERS, 2)
            },
        },
    }
)
REQUEST = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, REGISTERS)
REPLY_SIZE = 9 + 2 * REGISTERS


@dataclass
class _Measured:
    """The costs of each repeat, side by side."""

    product: list[Cost] = field(default_factory=list)
    bare: list[Cost] = field(default_factory=list)
    lean: list[Cost] = field(default_factory=list)
    blocking: list[Cost] = field(default_factory=list)
    alive_kept: list[float] = field(default_factory=list)
    wrong_slots: int = 0


def run(scale: str, repeat: int) -> list[Record]:
    """Measure the scale's number of sweeps over all meters.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    measured = _Measured()
    with migrated(), _answering() as (alive, dead):
        channels = _channels()
        for number in range(repeat + 1):  # the first round warms up and is not counted
            _round(measured, channels, alive, SWEEPS[scale], number, is_counted=number > 0)
        for _ in range(repeat):
            measured.alive_kept.append(asyncio.run(_with_dead(alive, dead, SWEEPS[scale])))
    return _records(measured, METERS * SWEEPS[scale], repeat)


def _round(
    m: _Measured, channels: list[int], port: int, sweeps: int, number: int, *, is_counted: bool
) -> None:
    start = START + number * timedelta(days=1)
    product = _cost(lambda: _product(channels, port, sweeps, start))
    bare = _cost(lambda: asyncio.run(_bare(port, sweeps)))
    lean = _cost(lambda: asyncio.run(_lean(port, sweeps)))
    blocking = _cost(lambda: _blocking(port, sweeps))
    m.wrong_slots += _wrong_slots(channels, start, sweeps)
    if is_counted:
        m.product.append(product)
        m.bare.append(bare)
        m.lean.append(lean)
        m.blocking.append(blocking)


def _cost(work: Callable[[], object]) -> Cost:
    connection.ensure_connection()
    with costs() as cost:
        work()
    return cost


def _product(channels: list[int], port: int, sweeps: int, start: datetime) -> None:
    """Sweep over the meters, each time decoding, validating and storing what they said."""
    targets = [Target(c, "127.0.0.1", port, 1, MAP, NAMES) for c in channels]
    last: dict[int, Counter] = {}
    with asyncio.Runner() as loop:
        lines = loop.run(_lines([port] * len(channels)))
        for sweep in range(sweeps + 1):
            bound = start + sweep * QUARTER
            answers = loop.run(_swept(lines, targets))
            slots = _passed(answers, last, bound)
            store_slots(slots, source="bench", recorded_at=bound)
        loop.run(_closed(lines))


async def _lines(ports: Sequence[int]) -> list[Line]:
    return [Line("127.0.0.1", port, LIMITS) for port in ports]


async def _closed(lines: Sequence[Line]) -> None:
    for line in lines:
        line.close()


async def _swept(lines: Sequence[Line], targets: Sequence[Target]) -> list[Answer]:
    each = [(line, [target]) for line, target in zip(lines, targets, strict=True)]
    return await read_lines(each, LIMITS, keep_open=True)


def _passed(answers: list[Answer], last: dict[int, Counter], bound: datetime) -> list[Slots]:
    found = []
    for answer in answers:
        values = [decode(answer.registers, MAP, name) for name in NAMES]
        counter = Counter(bound, values[0] or 0)
        passed = slots_between(
            last.get(answer.key), counter, interval_s=900, bounds=BOUNDS, now=bound
        )
        last[answer.key] = counter
        if passed.starts_at:
            found.append(Slots(answer.key, passed.starts_at, 900, passed.values))
    return found


async def _bare(port: int, sweeps: int) -> None:
    clients = [AsyncModbusTcpClient("127.0.0.1", port=port, retries=0) for _ in range(METERS)]
    for client in clients:
        await client.connect()
    for _ in range(sweeps + 1):
        await asyncio.gather(*(c.read_holding_registers(0, count=REGISTERS) for c in clients))
    for client in clients:
        client.close()


async def _lean(port: int, sweeps: int) -> None:
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(METERS)]

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(REQUEST)
        return await reader.readexactly(REPLY_SIZE)

    for _ in range(sweeps + 1):
        await asyncio.gather(*(ask(reader, writer) for reader, writer in streams))
    for _, writer in streams:
        writer.close()


def _blocking(port: int, sweeps: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        for _ in range(METERS * (sweeps + 1)):
            line.sendall(REQUEST)
            line.recv(REPLY_SIZE, socket.MSG_WAITALL)


async def _with_dead(alive: int, dead: int, sweeps: int) -> float:
    """Return which share of their rate the living keep beside a tenth of dead meters."""
    living = [_Timed("127.0.0.1", alive, LIMITS) for _ in range(METERS - DEAD)]
    silent = [_Timed("127.0.0.1", dead, LIMITS) for _ in range(DEAD)]  # polls put them last too
    alone, beside = [], []
    for _ in range(sweeps // 4 + 1):
        alone.append(await _until_read(living, []))
        beside.append(await _until_read(living, silent))
    await _closed([*living, *silent])
    return median(alone[1:]) / median(beside[1:])  # the first sweep connects


class _Timed(Line):
    """A line that remembers when it was last read."""

    finished = 0.0

    async def read(self, target: Target) -> Answer:
        answer = await super().read(target)
        self.finished = time.perf_counter()
        return answer


async def _until_read(living: list[_Timed], others: list[_Timed]) -> float:
    lines: list[Line] = [*living, *others]
    targets = [Target(place, "127.0.0.1", 0, 1, MAP, NAMES) for place in range(len(lines))]
    started = time.perf_counter()
    await _swept(lines, targets)
    return max(line.finished for line in living) - started


def _channels() -> list[int]:
    meters = Meter.objects.bulk_create(
        [Meter(serial=str(number), maker="Bench", model="One") for number in range(METERS)]
    )
    rows = [Channel(meter=meter, quantity="import", unit="Wh") for meter in meters]
    return [channel.pk for channel in Channel.objects.bulk_create(rows)]


def _wrong_slots(channels: list[int], start: datetime, sweeps: int) -> int:
    """Count slots that were lost or do not hold what one interval counted."""
    values, _, _ = fetch_matrix(channels, Period(start, start + timedelta(days=1)), 900)
    lost = int((values[:, :sweeps] == MISSING).sum())
    doubled = int(((values != MISSING) & (values != STEP)).sum())
    return lost + doubled + int((values[:, sweeps:] != MISSING).sum())


@contextmanager
def _answering() -> Iterator[tuple[int, int]]:
    """Start the meters in a process of their own; yield the ports of the living and the dead."""
    command = [sys.executable, "-m", "benchmarks.answering"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            alive, dead = (process.stdout or sys.stdin).readline().split()
            yield int(alive), int(dead)
        finally:
            process.terminate()


def _records(m: _Measured, polls: int, repeat: int) -> list[Record]:
    product, bare, lean = middle(m.product), middle(m.bare), middle(m.lean)
    common: dict[str, Any] = {"n": polls, "repeat": repeat}
    return [
        record(
            "modbus.against_pymodbus",
            product=polls / product.cpu_s,
            floor=polls / bare.cpu_s,
            ratio=median_ratio([c.cpu_s for c in m.bare], [c.cpu_s for c in m.product]),
            goal=">= 0.8",
            unit="polls per second of CPU",
            cost=product,
            lean_us=round(lean.cpu_us(polls), 1),
            blocking_us=round(middle(m.blocking).cpu_us(polls), 1),
            **common,
        ),
        record(
            "modbus.cpu",
            product=product.cpu_us(polls),
            goal="<= 110",
            unit="µs of CPU per poll",
            cost=product,
            **common,
        ),
        record(
            "modbus.with_dead",
            product=median(m.alive_kept),
            goal=">= 0.85",
            unit="share of their rate that living meters keep beside a tenth of dead ones",
            **common,
        ),
        record(
            "modbus.wrong_slots",
            product=m.wrong_slots,
            goal="== 0",
            unit="intervals lost or counted twice",
            is_count=True,
            **common,
        ),
    ]

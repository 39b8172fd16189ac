"""Poll many meters at once; one connection an endpoint, one guarded read for everything.

Meters behind one address and port share a line, so they are read one after another.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from meters.sources.modbus.registers import FUNCTION_CODES, Batch, Map, decode

ILLEGAL_ADDRESS = 2


class Failure(StrEnum):
    """Why a meter gave no reading."""

    SILENT = "silent"  # no connection or no answer: tried once more
    REFUSED = "refused"  # the meter answered with a Modbus exception: tried once more
    MALFORMED = "malformed"  # the answer does not fit the question: the map or the line is wrong
    WRONG_SERIAL = "wrong_serial"  # another meter answers at this address


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how wide a sweep may be; times in seconds."""

    connections: int = 64
    timeout: float = 3.0
    meter_deadline: float = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """One meter to read; without a serial its identity is not checked."""

    key: int
    host: str
    port: int
    unit_id: int
    register_map: Map
    names: tuple[str, ...]
    serial: str = ""
    batches: tuple[Batch, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "batches", tuple(self.register_map.batches(self.names)))


@dataclass(slots=True)
class Answer:
    """What one meter said: the registers as received, or why there are none."""

    key: int
    registers: dict[tuple[str, int], int] = field(default_factory=dict)
    failure: Failure | None = None
    detail: str = ""

    def payload(self) -> bytes:
        """Return the registers as bytes to keep; `registers_of` reads them again."""
        listed = [[kind, address, word] for (kind, address), word in sorted(self.registers.items())]
        return json.dumps({"registers": listed}, separators=(",", ":")).encode()


def registers_of(payload: bytes) -> dict[tuple[str, int], int]:
    """Return the registers of a kept message.

    :raises ValueError: if the bytes are no such message
    """
    try:
        return {(kind, address): word for kind, address, word in json.loads(payload)["registers"]}
    except (KeyError, TypeError) as error:
        raise ValueError("not a message of registers") from error


class NoReading(Exception):
    """A meter could not be read; carries the kind of failure."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


async def poll(targets: Sequence[Target], limits: Limits | None = None) -> list[Answer]:
    """Read every meter once, and those that stayed silent or refused once more at the end.

    Never raises for a meter: each has an answer, in the order of the targets.
    """
    limits = limits or Limits()
    answers = await _sweep(targets, limits)
    failed = [t for t in targets if answers[t.key].failure in (Failure.SILENT, Failure.REFUSED)]
    if failed:
        answers |= await _sweep(failed, limits)
    return [answers[target.key] for target in targets]


async def _sweep(targets: Sequence[Target], limits: Limits) -> dict[int, Answer]:
    behind: dict[tuple[str, int], list[Target]] = defaultdict(list)
    for target in targets:
        behind[target.host, target.port].append(target)
    lines = [(Line(host, port, limits), each) for (host, port), each in behind.items()]
    return {answer.key: answer for answer in await read_lines(lines, limits, keep_open=False)}


async def read_lines(
    lines: Sequence[tuple[Line, Sequence[Target]]], limits: Limits, *, keep_open: bool
) -> list[Answer]:
    """Read the meters behind each line one after another, and as many lines at once as allowed."""
    answers: list[Answer] = []
    waiting = iter(lines)

    async def work() -> None:
        for line, targets in waiting:
            for target in targets:
                answers.append(await line.read(target))
            if not keep_open:
                line.close()

    await asyncio.gather(*(work() for _ in range(min(limits.connections, len(lines)))))
    return answers


class Line:
    """A connection to one endpoint, and which meters behind it have proved who they are."""

    def __init__(self, host: str, port: int, limits: Limits) -> None:
        """Prepare a line inside a running loop; it connects when it is first read."""
        self.limits = limits
        self.client = AsyncModbusTcpClient(
            host, port=port, timeout=limits.timeout, retries=0, reconnect_delay=0
        )
        self._known: set[tuple[int, str]] = set()

    async def read(self, target: Target) -> Answer:
        """Read one meter; never raises for what the meter or the network does."""
        answer = Answer(target.key)
        try:
            async with asyncio.timeout(self.limits.meter_deadline):
                await self._connect()
                await self._read(target, answer)
        except NoReading as error:
            answer.failure, answer.detail = error.failure, str(error)
        except (TimeoutError, ModbusException, OSError) as error:
            self.close()  # a late answer must not meet the next question
            answer.failure = Failure.SILENT
            answer.detail = str(error)[:120] or "deadline passed"
        return answer

    def close(self) -> None:
        self.client.close()

    async def _connect(self) -> None:
        if not self.client.connected:
            self._known.clear()
            if not await self.client.connect():
                raise NoReading(Failure.SILENT, "no connection")

    async def _read(self, target: Target, answer: Answer) -> None:
        identity = (target.unit_id, target.serial)
        is_checked = target.serial and "serial" in target.register_map.registers
        if is_checked and identity not in self._known:
            await _read_into(answer, self.client, target, target.register_map.batches(["serial"]))
            shown = decode(answer.registers, target.register_map, "serial")
            if str(shown) != target.serial:
                raise NoReading(Failure.WRONG_SERIAL, f"serial {shown} instead of {target.serial}")
            self._known.add(identity)
        await _read_into(answer, self.client, target, target.batches)


async def _read_into(
    answer: Answer, client: AsyncModbusTcpClient, target: Target, batches: Sequence[Batch]
) -> None:
    for batch in batches:
        words = await _guarded(client, batch, target.unit_id)
        for place, word in enumerate(words):
            answer.registers[batch.kind, batch.address + place] = word


async def _guarded(client: AsyncModbusTcpClient, batch: Batch, unit_id: int) -> list[int]:
    """Read one batch and accept nothing that was not asked for.

    :raises NoReading: if the meter refuses or the answer does not fit the question
    """
    ask = client.read_input_registers if batch.kind == "input" else client.read_holding_registers
    reply = await ask(batch.address, count=batch.count, device_id=unit_id)
    if reply.isError():
        code = getattr(reply, "exception_code", 0)
        if code == ILLEGAL_ADDRESS and batch.is_optional:
            return []
        failure = Failure.MALFORMED if code == ILLEGAL_ADDRESS else Failure.REFUSED
        raise NoReading(failure, f"exception {code} at {batch.kind} {batch.address}")
    if reply.function_code != FUNCTION_CODES[batch.kind] or reply.dev_id != unit_id:
        raise NoReading(
            Failure.MALFORMED, f"function {reply.function_code} of unit {reply.dev_id} answered"
        )
    if len(reply.registers) != batch.count:
        raise NoReading(
            Failure.MALFORMED, f"{len(reply.registers)} registers instead of {batch.count}"
        )
    return list(reply.registers)

"""Register maps: which registers hold which value, and what their bits mean."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

FORMATS = {
    "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I",
    "int64": ">q", "uint64": ">Q", "float32": ">f", "float64": ">d",
}  # fmt: skip
FUNCTION_CODES = {"holding": 3, "input": 4}
TO_BASE = {"Wh": 1, "kWh": 1000, "MWh": 1_000_000, "l": 1, "m3": 1000, "W": 1, "kW": 1000, "": 1}
COUNTERS = ("import", "export")
WORDS = {count: struct.Struct(f">{count}H") for count in (1, 2, 4)}
MOST_REGISTERS = 125  # of one request, by the protocol

Registers = Mapping[tuple[str, int], int]  # (kind, address) -> 16 bits


class BadMap(ValueError):
    """A register map that cannot be read by; the message names the register."""


@dataclass(frozen=True, slots=True)
class Register:
    """One value of a map; `step` is the last digit that the meter shows, in `unit`."""

    name: str
    kind: str
    address: int  # zero-based, as sent; vendors often print one more
    type: str
    scale: Decimal
    unit: str
    step: Decimal | None
    absent: frozenset[bytes]
    is_optional: bool
    layout: struct.Struct
    factor: int  # base units of one step; 0: not whole, or a float to be rounded first

    @property
    def count(self) -> int:
        return self.layout.size // 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Neighbouring registers that one request reads."""

    kind: str
    address: int
    count: int
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A register map, checked; `docs/reference/register-maps.md` tells its fields."""

    code: str
    word_order: str
    registers: Mapping[str, Register]

    @classmethod
    def parse(cls, definition: Mapping[str, Any]) -> Map:
        """Read the JSON of a map.

        :raises BadMap: if a part is missing, unknown or impossible
        """
        code, order = definition.get("code"), definition.get("word_order", "big")
        if not code or order not in ("big", "little"):
            raise BadMap(f"map {code!r}: needs a code, and a word_order of big or little")
        entries = definition.get("registers")
        if not isinstance(entries, Mapping) or "import" not in entries:
            raise BadMap(f"map {code}: has no register for import")
        registers = {name: _register(code, name, entry) for name, entry in entries.items()}
        return cls(code, order, registers)

    def batches(self, names: Iterable[str]) -> list[Batch]:
        """Return the requests that read these values: neighbours together, gaps never crossed."""
        wanted = sorted(
            (self.registers[name] for name in names if name in self.registers),
            key=lambda register: (register.is_optional, register.kind, register.address),
        )
        batches: list[Batch] = []
        for register in wanted:
            if batches and (joined := _joined(batches[-1], register)):
                batches[-1] = joined
            else:
                batches.append(
                    Batch(register.kind, register.address, register.count, register.is_optional)
                )
        return batches


def decode(registers: Registers, register_map: Map, name: str) -> int | None:
    """Return a value in whole base units, or None where the meter says that it has none.

    Floats are first rounded to the last digit that the meter shows.
    """
    register = register_map.registers[name]
    raw = _bytes(registers, register, register_map.word_order)
    if raw is None or raw in register.absent:
        return None
    (number,) = register.layout.unpack(raw)
    if register.factor:
        return int(number) * register.factor
    try:
        value = Decimal(number) * register.scale
        if register.step:
            value = (value / register.step).to_integral_value(ROUND_HALF_EVEN) * register.step
        return int((value * TO_BASE[register.unit]).to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, OverflowError, ValueError):
        return None  # a float that is no number


def encode(value: int, register_map: Map, name: str) -> dict[tuple[str, int], int]:
    """Return the registers in which a meter of this map shows a value of whole base units."""
    register = register_map.registers[name]
    number = Decimal(value) / TO_BASE[register.unit] / register.scale
    is_float = register.type.startswith("float")
    raw = register.layout.pack(float(number) if is_float else int(number))
    words = list(struct.unpack(f">{register.count}H", raw))
    if register_map.word_order == "little":
        words.reverse()
    return {(register.kind, register.address + place): word for place, word in enumerate(words)}


def _bytes(registers: Registers, register: Register, word_order: str) -> bytes | None:
    kind, first, count = register.kind, register.address, register.count
    try:
        words = [registers[kind, address] for address in range(first, first + count)]
    except KeyError:
        return None
    if word_order == "little":
        words.reverse()
    return WORDS[count].pack(*words)


def _joined(batch: Batch, register: Register) -> Batch | None:
    alike = (batch.kind, batch.is_optional) == (register.kind, False)
    count = register.address + register.count - batch.address
    touches = register.address == batch.address + batch.count
    if alike and not register.is_optional and touches and count <= MOST_REGISTERS:
        return Batch(batch.kind, batch.address, count, False)
    return None


def _register(code: str, name: str, entry: Mapping[str, Any]) -> Register:
    where = f"map {code}, register {name}"
    try:
        register = Register(
            name=name,
            kind=entry["kind"],
            address=int(entry["address"]),
            type=entry["type"],
            scale=Decimal(entry.get("scale", "1")),
            unit=entry.get("unit", ""),
            step=Decimal(entry["step"]) if "step" in entry else None,
            absent=frozenset(bytes.fromhex(raw) for raw in entry.get("absent", [])),
            is_optional=bool(entry.get("optional", False)),
            layout=struct.Struct(FORMATS.get(entry["type"], ">H")),
            factor=_factor(entry),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise BadMap(f"{where}: {error!r}") from error
    _check(where, register)
    return register


def _factor(entry: Mapping[str, Any]) -> int:
    worth = Decimal(entry.get("scale", "1")) * TO_BASE.get(entry.get("unit", ""), 0)
    is_whole = worth == worth.to_integral_value() and not entry["type"].startswith("float")
    return int(worth) if is_whole else 0


def _check(where: str, register: Register) -> None:
    problems = [
        (register.kind not in FUNCTION_CODES, f"kind {register.kind!r} is not holding or input"),
        (register.type not in FORMATS, f"type {register.type!r} is unknown"),
        (register.unit not in TO_BASE, f"unit {register.unit!r} is unknown"),
        (register.scale <= 0, "scale must be positive"),
        (not 0 <= register.address <= 0xFFFF, f"address {register.address} is not 0 to 65535"),
        (
            register.name in COUNTERS and register.type.startswith("float") and not register.step,
            "a counter in floats needs the step that the meter shows",
        ),
    ]
    for is_wrong, problem in problems:
        if is_wrong:
            raise BadMap(f"{where}: {problem}")
    if any(len(raw) != 2 * register.count for raw in register.absent):
        raise BadMap(f"{where}: an absent value must have {2 * register.count} bytes")

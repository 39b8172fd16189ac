"""Simulated meters that speak real Modbus TCP; many units behind each port."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimAction, SimData, SimDevice

from meters.sources.modbus.registers import Map, encode

KINDS = {3: "holding", 4: "input"}
Show = Callable[[], Mapping[str, int]]  # what the meter shows now, in base units, by name


@dataclass(frozen=True, slots=True)
class Unit:
    """One meter behind a port."""

    unit_id: int
    register_map: Map
    serial: int
    show: Show


@dataclass(slots=True)
class Fleet:
    """The running servers; close them with `shutdown`."""

    servers: list[ModbusTcpServer] = field(default_factory=list)

    async def shutdown(self) -> None:
        for server in self.servers:
            await server.shutdown()


async def serve(units_by_port: Mapping[int, Sequence[Unit]], *, host: str = "127.0.0.1") -> Fleet:
    """Start a server for each port, in the background of the running loop.

    :raises RuntimeError: if a port is taken
    """
    fleet = Fleet()
    for port, units in units_by_port.items():
        server = ModbusTcpServer([_device(unit) for unit in units], address=(host, port))
        await server.serve_forever(background=True)
        fleet.servers.append(server)
    return fleet


def _device(unit: Unit) -> SimDevice:
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    blocks = {kind: _block(unit.register_map, kind) for kind in KINDS.values()}
    return SimDevice(
        id=unit.unit_id,
        simdata=(bits, bits, blocks["holding"], blocks["input"]),
        action=_action(unit),
    )


def _block(register_map: Map, kind: str) -> list[SimData]:
    of_kind = [r for r in register_map.registers.values() if r.kind == kind]
    return [
        SimData(register.address, values=[0] * register.count, datatype=DataType.REGISTERS)
        for register in of_kind
    ] or [SimData(0, values=[0], datatype=DataType.REGISTERS)]


def _action(unit: Unit) -> SimAction:
    async def answer(
        function_code: int,
        start_address: int,
        address: int,
        count: int,
        current_registers: list[int],
        set_values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if set_values is not None or function_code not in KINDS:
            return ExcCodes.ILLEGAL_FUNCTION
        try:
            words = _words(unit, KINDS[function_code])
        except ValueError:
            return ExcCodes.DEVICE_FAILURE  # the clock stands before the meter began
        for place, word in words.items():
            current_registers[place - start_address] = word
        return None

    return answer


def _words(unit: Unit, kind: str) -> dict[int, int]:
    shown = {"serial": unit.serial, **unit.show()}
    return {
        address: word
        for name, register in unit.register_map.registers.items()
        if register.kind == kind
        for (_, address), word in encode(shown.get(name, 0), unit.register_map, name).items()
    }

"""The simulated fleet: the database's Modbus meters, served over real Modbus TCP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from meters.models import Channel, Meter, MeterConnection, MeterInstallation
from meters.simulated import load_of, register_of
from meters.sources.modbus import Map
from meters.sources.modbus.server import Unit
from meters.sources.simulator import Register
from meters.vee.counters import floor

Clock = Callable[[], datetime]


def units_by_port(now: Clock) -> dict[int, list[Unit]]:
    """Return the meters behind each port, as the connections in the database say."""
    rows = (
        MeterConnection.objects.filter(
            source=MeterConnection.Source.MODBUS, meter__register_map__isnull=False
        )
        .select_related("meter__register_map")
        .prefetch_related("meter__channels")
        .order_by("port", "unit_id", "id")
    )
    hung = _installations()
    units: dict[int, list[Unit]] = defaultdict(list)
    for connection in rows:
        if installation := hung.get(connection.meter_id):
            units[connection.port].append(_unit(connection, installation, now))
    return dict(units)


def _installations() -> dict[int, MeterInstallation]:
    rows = MeterInstallation.objects.filter(meter__state=Meter.State.INSTALLED)
    rows = rows.select_related("usage_point__location").order_by("starts_at", "id")
    return {row.meter_id: row for row in rows}


def _unit(connection: MeterConnection, installation: MeterInstallation, now: Clock) -> Unit:
    meter = connection.meter
    if meter.register_map is None:
        raise ValueError(f"meter {meter} has no register map")
    registers = {}
    for channel in meter.channels.all():
        if channel.quantity == Channel.Quantity.IMPORT:
            load = load_of(
                meter,
                channel,
                zone_name=installation.usage_point.location.zone_name,
                parameters=connection.parameters,
            )
            registers[channel] = register_of(
                load, starts_at=installation.starts_at, parameters=connection.parameters
            )
    return Unit(
        unit_id=connection.unit_id,
        register_map=Map.parse(meter.register_map.registers),
        serial=int(meter.serial) if meter.serial.isdigit() else 0,
        show=_Display(registers, now),
    )


class _Display:
    """What a meter shows now; reckoned anew only when an interval has ended."""

    def __init__(self, registers: Mapping[Channel, Register], now: Clock) -> None:
        self.registers = registers
        self.now = now
        self._shown: dict[str, tuple[datetime, int]] = {}

    def __call__(self) -> dict[str, int]:
        now = self.now()
        return {c.quantity: self._value(c, r, now) for c, r in self.registers.items()}

    def _value(self, channel: Channel, register: Register, now: datetime) -> int:
        bound = floor(now, channel.interval_s)
        known = self._shown.get(channel.quantity)
        if known is None or known[0] != bound:
            value = register.at(bound) % channel.modulus // channel.multiplier
            known = self._shown[channel.quantity] = (bound, value)
        return known[1]

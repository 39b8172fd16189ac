"""The meters: which device hangs where, since when, and how it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import cycle

from accounts.models import User
from billing_site.demo.seed.places import Supplied
from billing_site.demo.seed.times import Calendar
from core.periods import midnight
from meters import operations as meters
from meters import simulated
from meters.models import (
    Channel,
    Meter,
    MeterConnection,
    MeterInstallation,
    RegisterMap,
)
from meters.sources.modbus import Map
from meters.sources.simulator import Load

HOST = "127.0.0.1"
MAPS = ("eastron-sdm230", "schneider-pm5100", "abb-b23-b24")
FIRST_SERIAL = 61_000_000
EXCHANGED = 500  # added to the number of a meter that takes another's place
SIMULATED_INTERVAL_S = 3600
EXCHANGE_AT = time(14)  # by the clock of the place
UNITS = {"electricity": Channel.Unit.WATT_HOUR, "water": Channel.Unit.LITRE}
IMPORT = Channel.Quantity.IMPORT.value


@dataclass(frozen=True, slots=True)
class Reach:
    """How the simulated fleet is reached: a gateway, and so a port, for each make of meter."""

    ports: tuple[int, ...]
    interval_s: int


@dataclass(frozen=True, slots=True)
class Gateway:
    """A make of meter, and the port behind which all of that make are."""

    register_map: RegisterMap
    port: int


@dataclass(frozen=True, slots=True)
class Hung:
    """One meter at its place: its channel, its load, and what its counter began with."""

    supplied: Supplied
    installation: MeterInstallation
    channel: Channel
    load: Load
    base: int
    register_map: Map | None  # None: simulated


def hang(
    supplied: Sequence[Supplied], *, calendar: Calendar, seed: int, reach: Reach, actor: User
) -> list[Hung]:
    """Install a meter at every metered usage point when the story begins."""
    meters.load_register_maps()
    maps = {row.code: row for row in RegisterMap.objects.all()}
    gateways = cycle(
        Gateway(maps[code], port) for code, port in zip(MAPS, reach.ports, strict=True)
    )
    metered = [one for one in supplied if one.is_first and one.supply.annual]
    hung = []
    for number, one in enumerate(metered, 1):
        gateway = next(gateways) if one.supply.is_polled else None
        interval_s = reach.interval_s if gateway else SIMULATED_INTERVAL_S
        meter, channel = _device(one, number, gateway, interval_s)
        starts_at = midnight(calendar.starts_on, one.zone)
        load = _connect(one, channel, number, seed, gateway, starts_at)
        base = _base(number, channel.unit)
        installation = meters.install_meter(
            meter, one.usage_point, at=starts_at, opening={IMPORT: base}, actor=actor
        )
        shown = Map.parse(gateway.register_map.registers) if gateway else None
        hung.append(Hung(one, installation, channel, load, base, shown))
    return hung


def exchanged_at(one: Hung, calendar: Calendar) -> datetime | None:
    """Return when a meter of the story is taken down, if it is."""
    home = one.supplied.home
    if home.exchange is None or one.supplied.supply.commodity != "electricity":
        return None
    day = calendar.day(home.exchange)
    return datetime.combine(day, EXCHANGE_AT, one.supplied.zone).astimezone(UTC)


def exchange(old: Hung, *, at: datetime, closing: int, seed: int, actor: User) -> Hung:
    """Put a new simulated meter in the place of an old one."""
    one, number = old.supplied, old.load.key + EXCHANGED
    MeterConnection.objects.filter(meter=old.channel.meter).update(state=MeterConnection.State.OFF)
    meter, channel = _device(one, number, None, SIMULATED_INTERVAL_S)
    load = _connect(one, channel, number, seed, None, at)
    base = _base(number, channel.unit)
    installation = meters.exchange_meter(
        old.installation,
        meter,
        at=at,
        closing={IMPORT: closing},
        opening={IMPORT: base},
        actor=actor,
    )
    return Hung(one, installation, channel, load, base, None)


def _device(
    one: Supplied, number: int, gateway: Gateway | None, interval_s: int
) -> tuple[Meter, Channel]:
    told = (
        gateway.register_map.registers if gateway else {"maker": "Meterbook", "model": "Simulated"}
    )
    meter = Meter.objects.create(
        serial=str(FIRST_SERIAL + number),
        maker=told["maker"],
        model=told["model"],
        register_map=gateway.register_map if gateway else None,
    )
    unit = UNITS[one.supply.commodity]
    channel = Channel.objects.create(meter=meter, quantity=IMPORT, unit=unit, interval_s=interval_s)
    return meter, channel


def _connect(
    one: Supplied,
    channel: Channel,
    number: int,
    seed: int,
    gateway: Gateway | None,
    starts_at: datetime,
) -> Load:
    """Say how a meter is reached, and by which load the simulation makes it count."""
    told = {"seed": seed, "key": number, "annual": one.supply.annual}
    load = simulated.load_of(channel.meter, channel, zone_name=one.zone.key, parameters=told)
    source = MeterConnection.Source.MODBUS if gateway else MeterConnection.Source.SIMULATOR
    MeterConnection.objects.create(
        meter=channel.meter,
        source=source,
        host=HOST if gateway else "",
        port=gateway.port if gateway else 0,
        unit_id=number,
        parameters=simulated.parameters_of(load, since=starts_at, base=_base(number, channel.unit)),
    )
    return load


def _base(number: int, unit: str) -> int:
    """Return what a counter showed when its meter was hung, in base units."""
    most = 40_000 if unit == Channel.Unit.WATT_HOUR else 900  # kWh or m³
    return (number * 7919 % most) * 1000

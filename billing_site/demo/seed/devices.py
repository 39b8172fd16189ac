"""The meters: which device hangs where, since when, and how it is reached."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import cycle

from django.conf import settings

from billing_site.demo.seed.places import Supplied
from billing_site.demo.seed.times import Calendar
from core.periods import midnight
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
FIRST_SERIAL = 61_000_001
SIMULATED_INTERVAL_S = 3600
EXCHANGE_AT = time(14)  # by the clock of the place
UNITS = {"electricity": Channel.Unit.WATT_HOUR, "water": Channel.Unit.LITRE}


@dataclass(frozen=True, slots=True)
class Reach:
    """How the simulated fleet is reached: a gateway, and so a port, for each make of meter."""

    ports: tuple[int, ...]
    interval_s: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A usage point and the time in which one meter measures it."""

    supplied: Supplied
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hung:
    """One meter at its place: its channel, its load, and what its counter began with."""

    stretch: Stretch
    channel: Channel
    load: Load
    base: int
    register_map: Map | None  # None: simulated


def hang(
    supplied: Sequence[Supplied], *, calendar: Calendar, seed: int, reach: Reach
) -> list[Hung]:
    """Install a meter at every metered usage point and say how each is reached."""
    maps = _register_maps()
    gateways = cycle(zip([maps[code] for code in MAPS], reach.ports, strict=True))
    hung: list[Hung] = []
    for key, stretch in enumerate(_stretches(supplied, calendar), 1):
        if stretch.supplied.supply.is_polled:
            register_map, port = next(gateways)
            hung.append(_polled(stretch, key, seed, reach, register_map, port))
        else:
            hung.append(_simulated(stretch, key, seed))
    return hung


def _register_maps() -> dict[str, RegisterMap]:
    found = {}
    for path in sorted((settings.BASE_DIR / "meters" / "register_maps").glob("*.json")):
        told = json.loads(path.read_text())
        found[told["code"]] = RegisterMap.objects.create(
            code=told["code"], name=f"{told['maker']} {told['model']}", registers=told
        )
    return found


def _stretches(supplied: Sequence[Supplied], calendar: Calendar) -> Iterator[Stretch]:
    """Yield a stretch for each meter: two where it is exchanged."""
    for one in supplied:
        if not (one.is_first and one.supply.annual):
            continue
        starts_at = midnight(calendar.starts_on, one.zone)
        if one.home.exchange and one.supply.commodity == "electricity":
            day = calendar.day(one.home.exchange)
            changed_at = datetime.combine(day, EXCHANGE_AT, one.zone)
            yield Stretch(one, starts_at, changed_at)
            starts_at = changed_at
        yield Stretch(one, starts_at, None)


def _polled(
    stretch: Stretch, key: int, seed: int, reach: Reach, register_map: RegisterMap, port: int
) -> Hung:
    meter = _meter(key, register_map.registers["maker"], register_map.registers["model"])
    meter.register_map = register_map
    meter.save()
    load = _load(stretch, key, seed, reach.interval_s)
    base = _base(key)
    MeterConnection.objects.create(
        meter=meter,
        source=MeterConnection.Source.MODBUS,
        host=HOST,
        port=port,
        unit_id=key,
        parameters=_parameters(stretch, load, base),
    )
    channel = _install(stretch, meter, reach.interval_s)
    return Hung(stretch, channel, load, base, Map.parse(register_map.registers))


def _simulated(stretch: Stretch, key: int, seed: int) -> Hung:
    meter = _meter(key, "Meterbook", "Simulated")
    load = _load(stretch, key, seed, SIMULATED_INTERVAL_S)
    base = _base(key)
    if stretch.ends_at is None:
        MeterConnection.objects.create(
            meter=meter,
            source=MeterConnection.Source.SIMULATOR,
            parameters=_parameters(stretch, load, base),
        )
    channel = _install(stretch, meter, SIMULATED_INTERVAL_S)
    return Hung(stretch, channel, load, base, None)


def _meter(key: int, maker: str, model: str) -> Meter:
    return Meter.objects.create(
        serial=str(FIRST_SERIAL + key), maker=maker, model=model, state=Meter.State.INSTALLED
    )


def _install(stretch: Stretch, meter: Meter, interval_s: int) -> Channel:
    point = stretch.supplied.usage_point
    MeterInstallation.objects.create(
        meter=meter, usage_point=point, starts_at=stretch.starts_at, ends_at=stretch.ends_at
    )
    return Channel.objects.create(
        meter=meter,
        quantity=Channel.Quantity.IMPORT,
        unit=UNITS[point.commodity],
        interval_s=interval_s,
    )


def _load(stretch: Stretch, key: int, seed: int, interval_s: int) -> Load:
    supplied = stretch.supplied
    return Load.household(
        seed=seed,
        key=key,
        unit=UNITS[supplied.usage_point.commodity].value,
        zone_name=supplied.zone.key,
        interval_s=interval_s,
        parameters={"annual": supplied.supply.annual},
    )


def _parameters(stretch: Stretch, load: Load, base: int) -> dict[str, object]:
    return {
        "seed": load.seed,
        "key": load.key,
        "annual": load.annual,
        "standby": load.standby,
        "base": base,
        "since": stretch.starts_at.isoformat(),
    }


def _base(key: int) -> int:
    """Return what a counter showed when its meter was hung, in base units."""
    return (key * 7919 % 40_000) * 1000

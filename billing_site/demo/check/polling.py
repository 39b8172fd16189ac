"""The last day of the month, hour by hour: the clock moves, the worker polls, the day fills."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from billing_site.demo.children import Children
from core.periods import Period
from meters.models import Channel, MeterConnection, MeterInstallation
from meters.readings import MISSING, fetch
from meters.sources import simulator
from meters.sources.modbus import Map, decode, encode
from meters.sources.simulator import Load, Register

AFTER_BOUNDARY = timedelta(seconds=10)
MOST_SECONDS = 60  # of real time, for one boundary


class DayMissing(Exception):
    """A reading did not arrive in time."""


@dataclass(frozen=True, slots=True)
class Polled:
    """A meter of the fleet with the load that it is made to show."""

    serial: str
    maker: str
    channel: Channel
    zone: ZoneInfo
    register_map: Map
    register: Register

    def shows(self, moment: datetime) -> int:
        """Return what its registers say at a moment, in base units, by the fleet's own series."""
        exact = self.register.at(moment)
        shown = decode(encode(exact, self.register_map, "import"), self.register_map, "import")
        if shown is None:
            raise DayMissing(f"meter {self.serial} shows nothing at {moment}")
        return shown

    def uses(self, period: Period) -> int:
        """Return what passed in a period, to the base unit, by the fleet's own series."""
        return int(simulator.values(self.register.load, period).sum())


def set_clock(moment: datetime) -> None:
    """Let every process of the check read this moment; it stands still until the next call."""
    path = Path(settings.CLOCK_FILE)
    draft = path.with_suffix(".new")
    draft.write_text(moment.astimezone(UTC).isoformat())
    draft.replace(path)


def fleet() -> list[Polled]:
    """Return the meters that are reached over Modbus, with their series rebuilt from the seed."""
    installed = (
        MeterInstallation.objects.filter(
            meter__connection__source=MeterConnection.Source.MODBUS, ends_at=None
        )
        .select_related("meter__connection", "meter__register_map", "usage_point__location")
        .order_by("meter__serial")
    )
    return [_polled(one) for one in installed]


def channels() -> list[int]:
    """Return every channel that is expected to bring readings."""
    connected = Channel.objects.filter(
        meter__connection__isnull=False, meter__installations__ends_at=None
    )
    return list(connected.order_by("pk").values_list("pk", flat=True))


def step_through(period: Period, keys: Sequence[int], children: Children) -> int:
    """Move the clock over each hour and wait for its readings; return the number of hours.

    :raises DayMissing: if a channel has no reading within a minute
    """
    hours = period.seconds // 3600
    for hour in range(1, hours + 1):
        boundary = period.starts_at + timedelta(hours=hour)
        set_clock(boundary + AFTER_BOUNDARY)
        _wait(Period(boundary - timedelta(hours=1), boundary), keys, children)
    return hours


def passed(channel_id: int, period: Period) -> int:
    """Return what the stored readings of a period add up to.

    :raises DayMissing: if one is not there
    """
    values = fetch([channel_id], period)[channel_id].values
    if (values == MISSING).any():
        raise DayMissing(f"channel {channel_id} has gaps in {period}")
    return int(np.sum(values))


def _wait(hour: Period, keys: Sequence[int], children: Children) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        children.check()
        series = fetch(keys, hour)
        late = [key for key in keys if (series[key].values == MISSING).any()]
        if not late:
            return
        if time.monotonic() > deadline:
            raise DayMissing(f"{len(late)} channels brought nothing for {hour.starts_at}: {late}")
        time.sleep(0.1)


def _polled(one: MeterInstallation) -> Polled:
    meter, location = one.meter, one.usage_point.location
    channel = Channel.objects.get(meter=meter, quantity=Channel.Quantity.IMPORT)
    told = meter.connection.parameters
    load = Load.household(
        seed=told["seed"],
        key=told["key"],
        unit=channel.unit,
        zone_name=location.zone_name,
        interval_s=channel.interval_s,
        parameters=told,
    )
    register = Register(load, since=datetime.fromisoformat(told["since"]), base=told["base"])
    if meter.register_map is None:
        raise DayMissing(f"meter {meter.serial} has no register map")
    return Polled(
        serial=meter.serial,
        maker=meter.maker,
        channel=channel,
        zone=location.zone,
        register_map=Map.parse(meter.register_map.registers),
        register=register,
    )

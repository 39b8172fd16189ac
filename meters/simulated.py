"""The simulated series behind a connection: one for history, fleet and simulator source alike.

`MeterConnection.parameters` may hold: `seed` and `key` (which random series), `annual` (base units
a year), `standby` (base units an hour), `southern`, and for the counter `since` (a moment with an
offset, on a bound of the interval) with `base` (what it showed then, in base units).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meters.models import Channel, Meter
from meters.sources.simulator import Load, Register
from meters.vee.counters import floor

SEED = 20261101


def load_of(
    meter: Meter, channel: Channel, *, zone_name: str, parameters: Mapping[str, Any]
) -> Load:
    """Return the load of one channel; its serial number is its key unless parameters say so."""
    return Load.household(
        seed=SEED,
        key=zlib.crc32(meter.serial.encode()),
        unit=channel.unit,
        zone_name=zone_name,
        interval_s=channel.interval_s,
        parameters=parameters,
    )


def register_of(load: Load, *, starts_at: datetime, parameters: Mapping[str, Any]) -> Register:
    """Return the counter of a load; without `since` it began with the installation."""
    since = parameters.get("since")
    began = datetime.fromisoformat(since) if since else floor(starts_at, load.interval_s)
    return Register(load, since=began, base=int(parameters.get("base", 0)))


def parameters_of(load: Load, *, since: datetime, base: int) -> dict[str, Any]:
    """Return the parameters from which `load_of` and `register_of` make the same series again."""
    return {
        "seed": load.seed,
        "key": load.key,
        "annual": load.annual,
        "standby": load.standby,
        "southern": load.southern,
        "since": since.isoformat(),
        "base": base,
    }

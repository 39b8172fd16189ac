"""Any day of any simulated meter, without the days before it.

A day is always made alone and in the same steps, so history, fleet and tests agree to the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import erf, exp, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.periods import Period, utc_days
from meters.sources.simulator import shape

Values = NDArray[np.int64]

YEAR_S = 365 * 86400
PHI_HALF_HOUR = 0.6  # how much of the noise lasts half an hour
SIGMA = 0.45
ANNUAL_WH = (3_000_000, 900_000, 600_000, 9_000_000)  # mean, deviation, least, most of a household
ANNUAL_LITRES = (110_000, 35_000, 20_000, 400_000)
STANDBY_W = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What sets one simulated meter apart; `annual` is in base units a year."""

    seed: int
    key: int
    annual: int
    zone_name: str
    interval_s: int
    standby: int  # base units an hour
    southern: bool = False

    @classmethod
    def household(
        cls, *, seed: int, key: int, unit: str, zone_name: str, interval_s: int,
        parameters: Mapping[str, Any] | None = None,
    ) -> Load:  # fmt: skip
        """Return the load of a home, drawn from the seed; `parameters` may set it instead.

        :param unit: "Wh" or "l"
        :param parameters: may hold `seed`, `key`, `annual`, `standby` and `southern`
        """
        given = dict(parameters or {})
        seed, key = int(given.get("seed", seed)), int(given.get("key", key))
        return cls(
            seed=seed,
            key=key,
            annual=int(given.get("annual", 0)) or _draw_annual(seed, key, unit),
            zone_name=zone_name,
            interval_s=interval_s,
            standby=int(given.get("standby", STANDBY_W if unit == "Wh" else 0)),
            southern=bool(given.get("southern", False)),
        )


def day_values(load: Load, day: date) -> Values:
    """Return what passes in each slot of a UTC day, in whole base units."""
    relative = shape.utc_day(day, load.zone_name, load.interval_s, load.southern)
    hours = load.interval_s / 3600
    mean = load.annual * load.interval_s / YEAR_S
    standby = load.standby * hours
    active = np.maximum(relative * mean - standby, 0.0)
    noise = np.maximum(1.0 + _noise(load, day), 0.0) / _mean_of_truncated(SIGMA)
    return np.rint(standby + active * noise).astype(np.int64)


def values(load: Load, period: Period) -> Values:
    """Return what passes in each slot of a period that is cut at slots."""
    days = list(utc_days(period))
    series = np.concatenate([day_values(load, day) for day in days])
    start = datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)
    first, last = (
        (moment - start) // timedelta(seconds=load.interval_s)
        for moment in (period.starts_at, period.ends_at)
    )
    return series[first:last]


def _noise(load: Load, day: date) -> NDArray[np.float64]:
    """Draw normal noise whose neighbours resemble each other (AR 1), afresh for each UTC day."""
    random = np.random.default_rng((load.seed, load.key, day.toordinal()))
    phi = PHI_HALF_HOUR ** (load.interval_s / 1800)
    step = sqrt(1 - phi * phi)
    drawn = random.standard_normal(86400 // load.interval_s).tolist()
    last = drawn[0]
    noise = [last]
    for shock in drawn[1:]:
        last = phi * last + step * shock
        noise.append(last)
    return SIGMA * np.array(noise)


def _mean_of_truncated(sigma: float) -> float:
    """Return the mean of max(0, 1 + sigma z), so that cutting off negatives adds nothing."""
    density = exp(-1 / (2 * sigma * sigma)) / sqrt(2 * pi)
    return (1 + erf(1 / (sigma * sqrt(2)))) / 2 + sigma * density


def _draw_annual(seed: int, key: int, unit: str) -> int:
    mean, deviation, least, most = ANNUAL_WH if unit == "Wh" else ANNUAL_LITRES
    drawn = np.random.default_rng((seed, key)).normal(mean, deviation)
    return int(min(max(drawn, least), most))

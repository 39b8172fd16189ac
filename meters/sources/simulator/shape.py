"""The standard household shape (BDEW H0) in closed form; the mean over a year is 1.

Each peak is height, hour of the local clock, and width in hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import cos, pi, sin
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Shape = NDArray[np.float64]

Peaks = tuple[tuple[float, float, float], ...]

WEEKDAY: tuple[float, Peaks, float] = (
    0.320,
    ((0.86, 8.2, 2.16), (0.95, 12.8, 2.95), (1.25, 20.1, 3.63)),
    1.0,
)
SATURDAY: tuple[float, Peaks, float] = (
    0.302,
    ((0.83, 9.6, 2.42), (0.85, 13.0, 2.22), (1.24, 19.3, 4.47)),
    1.11,
)
SUNDAY: tuple[float, Peaks, float] = (
    0.367,
    ((1.45, 11.8, 3.34), (1.04, 20.2, 3.77), (-0.14, 7.1, 1.24)),
    1.03,
)

YEAR_MEAN = 1.01945  # of the form below over any year; divided out


@lru_cache(maxsize=4096)
def utc_day(day: date, zone_name: str, interval_s: int, southern: bool) -> Shape:
    """Return the relative load in each slot of a UTC day, by the clock of the zone."""
    zone = ZoneInfo(zone_name)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    middles = [
        (start + timedelta(seconds=slot * interval_s + interval_s // 2)).astimezone(zone)
        for slot in range(86400 // interval_s)
    ]
    shape = np.array([_at(moment, southern=southern) for moment in middles])
    shape.flags.writeable = False
    return shape


def season(day_of_year: int, *, southern: bool = False) -> float:
    """Return the factor of the season, highest in the local winter."""
    turn = 2 * pi * (day_of_year / 365 + (0.5 if southern else 0.0))
    return 1 + 0.175 * cos(turn) + 0.062 * sin(turn)


def _at(moment: datetime, *, southern: bool) -> float:
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    base, peaks, factor = {5: SATURDAY, 6: SUNDAY}.get(moment.weekday(), WEEKDAY)
    hills = sum(
        height * float(np.exp(-((_hours_apart(hour, middle) / width) ** 2)))
        for height, middle, width in peaks
    )
    return (
        (base + hills) * factor * season(moment.timetuple().tm_yday, southern=southern) / YEAR_MEAN
    )


def _hours_apart(one: float, other: float) -> float:
    apart = abs(one - other)
    return min(apart, 24 - apart)

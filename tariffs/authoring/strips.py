"""The bands of a tariff as 24-hour strips, one for each type of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tariffs.authoring.state import TimeRate, Window
from tariffs.engine.quantities.days import DAY_END, DAY_NAMES
from tariffs.engine.reading.times import DAY_GROUPS

HOLIDAY = "holiday"


@dataclass(frozen=True)
class Stretch:
    """Hours of a day, written 16:00 to 20:00, and the bands that hold in them."""

    starts: str
    ends: str
    bands: tuple[str, ...]  # none: no price; two: an overlap


def day_types(rate: TimeRate) -> tuple[str, ...]:
    """Return the days that must be covered; holidays only where the tariff has some."""
    return DAY_NAMES if rate.holidays else tuple(d for d in DAY_NAMES if d != HOLIDAY)


def strip(rate: TimeRate, day: str) -> list[Stretch]:
    """Return the day from 00:00 to 24:00; windows that cannot be read are left out."""
    held = np.zeros((len(rate.bands), DAY_END), np.bool_)
    for i, band in enumerate(rate.bands):
        for window in band.windows:
            for starts, ends in spans(window) if day in days_of(window) else ():
                held[i, starts:ends] = True
    changes = np.flatnonzero((np.diff(held, axis=1)).any(axis=0)) + 1
    edges = [0, *changes.tolist(), DAY_END]
    return [
        Stretch(
            clock(starts),
            clock(ends),
            tuple(
                band.name for band, is_on in zip(rate.bands, held[:, starts], strict=True) if is_on
            ),
        )
        for starts, ends in pairwise(edges)
    ]


def spans(window: Window) -> list[tuple[int, int]]:
    """Return the minutes of a window, two stretches over midnight; none if it cannot be read."""
    starts, ends = minute(window.starts), minute(window.ends)
    if starts is None or ends is None or starts in (ends, DAY_END) or ends == 0:
        return []
    return [(starts, ends)] if starts < ends else [(starts, DAY_END), (0, ends)]


def days_of(window: Window) -> set[str]:
    """Return the single days of a window; names that are none are left out."""
    groups = {name: {DAY_NAMES[day] for day in days} for name, days in DAY_GROUPS.items()}
    single = {name: {name} for name in DAY_NAMES}
    known = {**groups, **single}
    return {day for name in window.days for day in known.get(name, ())}


def is_day(name: str) -> bool:
    """Say whether a window may name it: a day, or a group of days."""
    return name in DAY_GROUPS or name in DAY_NAMES


def minute(text: str) -> int | None:
    """Return the minute of the day, 24:00 included."""
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}", text):
        return None
    hours, minutes = int(text[:2]), int(text[3:])
    found = 60 * hours + minutes
    return found if minutes < 60 and found <= DAY_END else None


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

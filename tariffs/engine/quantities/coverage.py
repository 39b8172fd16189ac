"""Which price row holds in each minute of each kind of day; every one must have exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tariffs.engine.errors import TariffError
from tariffs.engine.quantities.days import DAY_END, DAY_NAMES, HOLIDAY, LEAP_YEAR
from tariffs.engine.shape import FixedCharge, Metered, PriceRow, Tariff

FREE = -1
DayGrid = NDArray[np.int16]  # (8 day types, 1440 minutes): index of the price row, or FREE


def check(charge: Metered, tariff: Tariff, path: str) -> None:
    """Check all 366 days × 24 hours, on every day type, both for holes and for overlaps.

    :raises TariffError: naming the first day and time without a price, or with two
    """
    for in_seasons, day in _first_days(tariff).items():
        _check_day(charge, tariff, in_seasons, path, day)


def check_seasons(charge: FixedCharge, tariff: Tariff, path: str) -> None:
    """Check that an amount by season has one price on each of 366 days.

    :raises TariffError: naming the first day without a price, or with two
    """
    for in_seasons, day in _first_days(tariff).items():
        held = [i for i, (name, _) in enumerate(charge.prices) if not name or name in in_seasons]
        if not held:
            raise TariffError(f"{path}.prices", f"{day:%m-%d} has no price")
        if len(held) > 1:
            rows = " and ".join(f"prices[{i}]" for i in held)
            raise TariffError(f"{path}.prices", f"{day:%m-%d} has two prices: {rows}")


def years_without_holidays(days: Iterable[date], tariff: Tariff) -> list[int]:
    """Return the years of days for which a tariff with a holiday calendar has no holiday."""
    if not tariff.holidays:
        return []
    known = {day.year for day in tariff.holidays}
    return sorted({day.year for day in days} - known)


def _first_days(tariff: Tariff) -> dict[frozenset[str], date]:
    """Return each set of seasons that a day can lie in, with the first day of the year in it.

    What a day lies in changes only where a season begins or has ended.
    """
    firsts: dict[frozenset[str], date] = {}
    for day in sorted({date(LEAP_YEAR, 1, 1), *_edges(tariff)}):
        firsts.setdefault(seasons_of(day, tariff), day)
    return firsts


def _edges(tariff: Tariff) -> Iterator[date]:
    for days in chain.from_iterable(tariff.seasons.values()):
        yield date(LEAP_YEAR, *days.first)
        after = date(LEAP_YEAR, *days.last) + timedelta(days=1)
        yield after.replace(year=LEAP_YEAR)


def leap_year() -> Iterator[date]:
    day = date(LEAP_YEAR, 1, 1)
    while day.year == LEAP_YEAR:
        yield day
        day += timedelta(days=1)


def seasons_of(day: date, tariff: Tariff) -> frozenset[str]:
    key = (day.month, day.day)
    return frozenset(
        name for name, ranges in tariff.seasons.items() if any(key in days for days in ranges)
    )


def grid(charge: Metered, tariff: Tariff, in_seasons: frozenset[str]) -> DayGrid:
    """Return the price row of every minute of a day that lies in these seasons."""
    rows = np.full((len(DAY_NAMES), DAY_END), FREE, np.int16)
    for index, row in enumerate(charge.rows):
        if _in_season(row, in_seasons):
            rows[band_minutes(row.band, tariff)] = index
    return rows


def band_minutes(band: str, tariff: Tariff) -> NDArray[np.bool_]:
    """Return in which minutes of which day types a band holds; the empty band always does."""
    minutes = np.zeros((len(DAY_NAMES), DAY_END), np.bool_)
    if not band:
        minutes[:] = True
        return minutes
    for window in tariff.bands[band]:
        for starts, ends in window.spans():
            minutes[sorted(window.days), starts:ends] = True
    return minutes


def _in_season(row: PriceRow, in_seasons: frozenset[str]) -> bool:
    return not row.season or row.season in in_seasons


def _check_day(
    charge: Metered, tariff: Tariff, in_seasons: frozenset[str], path: str, day: date
) -> None:
    matches = np.zeros((len(DAY_NAMES), DAY_END), np.int16)
    for row in charge.rows:
        if _in_season(row, in_seasons):
            matches += band_minutes(row.band, tariff)
    days = len(DAY_NAMES) if tariff.holidays else HOLIDAY
    holes = matches[:days] == 0
    twice = matches[:days] > 1
    if holes.any() and not charge.free_elsewhere:
        raise TariffError(f"{path}.prices", f"{_first(holes, day)} has no price")
    if twice.any():
        rows = _rows_at(charge, tariff, in_seasons, twice)
        raise TariffError(f"{path}.prices", f"{_first(twice, day)} has two prices: {rows}")


def _first(minutes: NDArray[np.bool_], day: date) -> str:
    day_type, minute = np.unravel_index(int(np.argmax(minutes)), minutes.shape)
    clock = f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"
    return f"{day:%m-%d} at {clock} ({DAY_NAMES[int(day_type)]})"


def _rows_at(
    charge: Metered, tariff: Tariff, in_seasons: frozenset[str], twice: NDArray[np.bool_]
) -> str:
    at = np.unravel_index(int(np.argmax(twice)), twice.shape)
    both = [
        f"prices[{i}]"
        for i, row in enumerate(charge.rows)
        if _in_season(row, in_seasons) and band_minutes(row.band, tariff)[at]
    ]
    return " and ".join(both)

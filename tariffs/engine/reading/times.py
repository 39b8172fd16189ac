"""Reads seasons (days of the year) and bands (windows of the day) of a definition."""

from __future__ import annotations

import re
from calendar import monthrange
from fractions import Fraction
from typing import TypeVar

from core.money import NotExact, to_scaled
from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import MonthDays, Window
from tariffs.engine.quantities.days import DAY_END, DAY_NAMES, LEAP_YEAR
from tariffs.engine.reading.fields import Fields, as_text

Row = TypeVar("Row")
FINER_DIGITS = 6
DAY_GROUPS = {
    "weekday": frozenset(range(5)),
    "weekend": frozenset((5, 6)),
    "all": frozenset(range(8)),
}


def seasons(top: Fields) -> dict[str, tuple[MonthDays, ...]]:
    named = Fields(top.take("seasons", {}), "seasons")
    return {as_text(name, "seasons"): tuple(_ranges(named, name)) for name in named.names()}


def bands(top: Fields) -> dict[str, tuple[Window, ...]]:
    named = Fields(top.take("bands", {}), "bands")
    return {as_text(name, "bands"): tuple(_windows(named, name)) for name in named.names()}


def base_units(fields: Fields, name: str, scale: int) -> int:
    """Take a quantity that must be whole base units, e.g. 100.5 kWh = 100,500 Wh."""
    number = fields.decimal(name)
    try:
        units = to_scaled(number * scale, 0)
    except NotExact:
        raise TariffError(fields.at(name), f"{number} is finer than the unit is metered") from None
    if units < 0:
        raise TariffError(fields.at(name), f"{number} must not be negative")
    return units


def finer_units(fields: Fields, name: str, scale: int) -> int | Fraction:
    """Take a quantity in base units that need not be whole, to six decimals of its unit."""
    units = Fraction(fields.scaled(name, FINER_DIGITS) * scale, 10**FINER_DIGITS)
    if units < 0:
        raise TariffError(fields.at(name), "must not be negative")
    return units.numerator if units.denominator == 1 else units


def _ranges(named: Fields, name: str) -> list[MonthDays]:
    read = []
    for item, path in named.rows(name):
        row = Fields(item, path)
        read.append(MonthDays(month_day(row, "first"), month_day(row, "last")))
        row.end()
    return _not_empty(read, named.at(name))


def month_day(row: Fields, name: str, default: str | None = None) -> tuple[int, int]:
    """Take a day of every year, written as month and day."""
    value = row.text(name, default)
    if re.fullmatch(r"[0-9]{2}-[0-9]{2}", value):
        month, day = int(value[:2]), int(value[3:])
        if 1 <= month <= 12 and 1 <= day <= monthrange(LEAP_YEAR, month)[1]:
            return month, day
    raise TariffError(row.at(name), f"{value!r} must be a month and day written as 11-01")


def _windows(named: Fields, name: str) -> list[Window]:
    read = []
    for item, path in named.rows(name):
        row = Fields(item, path)
        starts, ends = _minute(row, "from", "00:00"), _minute(row, "to", "24:00")
        if starts in (ends, DAY_END) or ends == 0:
            raise TariffError(path, "from and to must differ; leave both out for the whole day")
        read.append(Window(_days(row), starts, ends))
        row.end()
    return _not_empty(read, named.at(name))


def _minute(row: Fields, name: str, default: str) -> int:
    value = row.text(name, default)
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}", value):
        hour, minute = int(value[:2]), int(value[3:])
        if minute < 60 and hour * 60 + minute <= DAY_END:
            return hour * 60 + minute
    raise TariffError(row.at(name), f"{value!r} must be a time of day written as 16:00")


def _days(row: Fields) -> frozenset[int]:
    value = row.take("days", "all")
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        raise TariffError(row.at("days"), "must be a day type or a list of days")
    days: frozenset[int] = frozenset()
    for name in names:
        days |= _day(as_text(name, row.at("days")), row.at("days"))
    return days


def _day(name: str, path: str) -> frozenset[int]:
    if name in DAY_GROUPS:
        return DAY_GROUPS[name]
    if name in DAY_NAMES:
        return frozenset((DAY_NAMES.index(name),))
    known = ", ".join((*DAY_GROUPS, *DAY_NAMES))
    raise TariffError(path, f"{name!r} must be one of {known}")


def _not_empty(rows: list[Row], path: str) -> list[Row]:
    if not rows:
        raise TariffError(path, "must hold at least one row")
    return rows

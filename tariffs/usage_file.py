"""Reads a usage file: CSV of readings or of totals, refused with the number of the bad row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from core.money import NotExact, to_scaled
from core.periods import Period, midnight
from tariffs.engine import Intervals, Totals, Usage
from tariffs.engine.shape import UNITS

READINGS = ["start", "end", "channel", "value", "unit"]
TOTALS = ["period_start", "period_end", "channel", "value", "unit"]
MOST = 2**53  # base units of one row
MAX_LENGTH = 24  # of a written number; Decimal computes it without loss
PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
YEARS = range(1900, 9000)  # what clocks and calendars compute without running out


class BadUsage(ValueError):
    """A usage file that cannot be priced; the message names the row."""


@dataclass(frozen=True)
class Row:
    """One line of the file, its value in base units."""

    line: int
    starts_at: datetime
    ends_at: datetime
    channel: str
    value: int
    base_unit: str


@dataclass(frozen=True)
class UsageFile:
    """What was used: readings that follow each other, or totals of periods."""

    rows: dict[str, list[Row]]  # by channel, in the order of time
    is_totals: bool

    def period(self) -> Period:
        """Return from the first to the last moment of the file."""
        every = [row for rows in self.rows.values() for row in rows]
        return Period(min(r.starts_at for r in every), max(r.ends_at for r in every))

    def periods(self) -> list[Period]:
        """Return the periods of a file of totals, oldest first."""
        every = {(r.starts_at, r.ends_at) for rows in self.rows.values() for r in rows}
        return [Period(*edges) for edges in sorted(every)]

    def base_unit(self, channel: str) -> str:
        return self.rows[channel][0].base_unit

    def usage(self, channel: str, period: Period) -> Usage:
        """Return the use of one channel in a period.

        :raises BadUsage: if the file does not cover it
        """
        inside = [
            row
            for row in self.rows.get(channel, [])
            if row.starts_at < period.ends_at and row.ends_at > period.starts_at
        ]
        _check_cover(inside, channel, period)
        values = np.array([row.value for row in inside], dtype=np.int64)
        if self.is_totals:
            return Totals(values)
        return Intervals(inside[0].starts_at, _length(inside[0]), values[np.newaxis, :])


def read(lines: Iterable[str], zone: ZoneInfo) -> UsageFile:
    """Read a file; days of a file of totals are days of the zone.

    :raises BadUsage: naming the row
    """
    table = csv.reader(lines)
    header = [name.strip().lower() for name in next(table, [])]
    if header not in (READINGS, TOTALS):
        raise BadUsage(f"row 1: the columns must be {','.join(READINGS)} or {','.join(TOTALS)}")
    is_totals = header == TOTALS
    by_channel: dict[str, list[Row]] = {}
    for row in _rows(table, zone, is_totals=is_totals):
        by_channel.setdefault(row.channel, []).append(row)
    if not by_channel:
        raise BadUsage("row 2: the file holds no use")
    for rows in by_channel.values():
        rows.sort(key=lambda row: (row.starts_at, row.line))
        _check_order(rows, is_totals=is_totals)
    return UsageFile(by_channel, is_totals)


def _rows(table: Iterator[list[str]], zone: ZoneInfo, *, is_totals: bool) -> Iterator[Row]:
    for line, cells in enumerate(_cells(table), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(READINGS):
            raise BadUsage(f"row {line}: {len(cells)} cells instead of {len(READINGS)}")
        start, end, channel, value, unit = (cell.strip() for cell in cells)
        starts_at = _moment(start, line, zone, is_totals=is_totals)
        ends_at = _moment(end, line, zone, is_totals=is_totals)
        if ends_at <= starts_at:
            raise BadUsage(f"row {line}: ends at {end}, not after its start {start}")
        if not channel:
            raise BadUsage(f"row {line}: names no channel")
        base_unit, scale = _unit(unit, line)
        yield Row(line, starts_at, ends_at, channel, _value(value, scale, line), base_unit)


def _cells(table: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from table
    except csv.Error as error:
        raise BadUsage(f"the file is no CSV: {error}") from None


def _moment(text: str, line: int, zone: ZoneInfo, *, is_totals: bool) -> datetime:
    try:
        if is_totals and len(text) == len("2026-01-31"):
            return midnight(date.fromisoformat(text), zone)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadUsage(
            f"row {line}: {text!r} is not a moment, e.g. 2026-01-31T00:15-05:00"
        ) from None
    except OverflowError:
        raise BadUsage(f"row {line}: {text} is out of range") from None
    if moment.tzinfo is None:
        raise BadUsage(f"row {line}: {text} has no offset from UTC, e.g. -05:00")
    if moment.year not in YEARS:
        raise BadUsage(f"row {line}: {text} is out of range")
    return moment.astimezone(ZoneInfo("UTC"))


def _unit(unit: str, line: int) -> tuple[str, int]:
    if unit not in UNITS:
        raise BadUsage(f"row {line}: unit {unit!r} is not one of {', '.join(UNITS)}")
    return UNITS[unit]


def _value(text: str, scale: int, line: int) -> int:
    try:
        if len(text) > MAX_LENGTH or not PLAIN.fullmatch(text):
            raise NotExact(text)
        value = to_scaled(Decimal(text) * scale, 0)
    except (InvalidOperation, NotExact):
        raise BadUsage(f"row {line}: {text!r} is not a number of whole Wh or litres") from None
    if not 0 <= value <= MOST:
        raise BadUsage(f"row {line}: {text} is negative or too great")
    return value


def _check_order(rows: list[Row], *, is_totals: bool) -> None:
    for before, row in pairwise(rows):
        same = (row.starts_at, row.ends_at) == (before.starts_at, before.ends_at)
        if same:
            raise BadUsage(f"row {row.line}: repeats row {before.line}")
        if row.starts_at < before.ends_at:
            raise BadUsage(f"row {row.line}: overlaps row {before.line}")
        if not is_totals and row.starts_at > before.ends_at:
            raise BadUsage(
                f"row {row.line}: nothing from {before.ends_at.isoformat()}, where row "
                f"{before.line} ends, to {row.starts_at.isoformat()}"
            )
        if not is_totals and _length(row) != _length(before):
            raise BadUsage(f"row {row.line}: is not as long as row {before.line}")
        if row.base_unit != before.base_unit:
            raise BadUsage(f"row {row.line}: another unit than row {before.line}")


def _check_cover(inside: list[Row], channel: str, period: Period) -> None:
    if not inside:
        raise BadUsage(
            f"channel {channel}: no use in the period from {period.starts_at.isoformat()}"
        )
    first, last = inside[0], inside[-1]
    if first.starts_at != period.starts_at:
        raise BadUsage(
            f"row {first.line}: starts at {first.starts_at.isoformat()}, "
            f"not with the period at {period.starts_at.isoformat()}"
        )
    if last.ends_at != period.ends_at:
        raise BadUsage(
            f"row {last.line}: ends at {last.ends_at.isoformat()}, "
            f"not with the period at {period.ends_at.isoformat()}"
        )


def _length(row: Row) -> int:
    return (row.ends_at - row.starts_at) // timedelta(seconds=1)

"""Reads the rows of a usage file one by one; a bad one is refused by its number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from core.money import NotExact, to_scaled
from core.periods import midnight
from tariffs.engine.measures import UNITS, Unit
from tariffs.rate_file import clocks
from tariffs.rate_file.errors import BadUsage

READINGS = ["start", "end", "channel", "value", "unit"]
TOTALS = ["period_start", "period_end", "channel", "value", "unit"]
MOST = 2**53  # base units of one row
MOST_ROWS = 2_000_000
MAX_LENGTH = 24  # of a written number; Decimal computes it without loss
PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
YEARS = range(1900, 9000)  # what clocks and calendars compute without running out


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, its value in base units."""

    line: int
    starts_at: datetime
    ends_at: datetime
    channel: str
    value: int
    unit: str  # as written

    @property
    def base_unit(self) -> str:
        return UNITS[self.unit].base

    @property
    def seconds(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(seconds=1)


def read(lines: Iterable[str], zone: ZoneInfo) -> tuple[list[Row], bool]:
    """Return the rows as they stand in the file, and whether they are totals of periods.

    :raises BadUsage: naming the first row that is wrong in itself
    """
    table = _cells(csv.reader(lines))
    is_totals = _header(next(table, []))
    rows = []
    for line, cells in enumerate(table, start=2):
        if any(cell.strip() for cell in cells):
            rows.append(_row(line, [cell.strip() for cell in cells], zone, is_totals=is_totals))
        if len(rows) > MOST_ROWS:
            raise BadUsage(f"the file has more than {MOST_ROWS:,} rows", row=line)
    if not rows:
        raise BadUsage("the file holds no use", row=2)
    return rows, is_totals


def _cells(table: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from table
    except csv.Error as error:
        raise BadUsage(f"the file is no CSV: {error}") from None


def _header(cells: list[str]) -> bool:
    names = [cell.strip().lower() for cell in cells]
    if names in (READINGS, TOTALS):
        return names == TOTALS
    wanted = f"the columns must be {','.join(READINGS)} or {','.join(TOTALS)}"
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and names[0].split(sign) in (READINGS, TOTALS):
            raise BadUsage(f"{wanted}, with commas between them, not {called}", row=1)
    raise BadUsage(wanted, row=1)


def _row(line: int, cells: list[str], zone: ZoneInfo, *, is_totals: bool) -> Row:
    if len(cells) != len(READINGS):
        raise BadUsage(f"{len(cells)} cells instead of {len(READINGS)}", row=line)
    start, end, channel, value, unit = cells
    starts_at = _moment(start, line, zone, is_totals=is_totals)
    ends_at = _moment(end, line, zone, is_totals=is_totals)
    if ends_at <= starts_at:
        note = clocks.note(starts_at, ends_at, zone)
        raise BadUsage(f"ends at {end}, not after its start {start}{note}", row=line)
    if not channel:
        raise BadUsage("names no channel", row=line)
    return Row(line, starts_at, ends_at, channel, _value(value, _unit(unit, line), line), unit)


def _moment(text: str, line: int, zone: ZoneInfo, *, is_totals: bool) -> datetime:
    try:
        if is_totals and len(text) == len("2026-01-31"):
            moment = midnight(date.fromisoformat(text), zone)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        day = "a day, e.g. 2026-01-31, or " if is_totals else ""
        message = f"{text!r} is not {day}a moment, e.g. 2026-01-31T00:15-05:00"
        raise BadUsage(message, row=line) from None
    except OverflowError:
        raise BadUsage(f"{text} is out of range", row=line) from None
    if moment.tzinfo is None:
        raise BadUsage(f"{text} has no offset from UTC, e.g. -05:00", row=line)
    if moment.year not in YEARS:
        raise BadUsage(f"{text} is out of range", row=line)
    if moment.microsecond:
        raise BadUsage(f"{text} is finer than a second", row=line)
    return moment.astimezone(UTC)


def _unit(unit: str, line: int) -> Unit:
    if unit not in UNITS:
        raise BadUsage(f"unit {unit!r} is not one of {', '.join(UNITS)}", row=line)
    return UNITS[unit]


def _value(text: str, unit: Unit, line: int) -> int:
    if not PLAIN.fullmatch(text):
        raise BadUsage(f"{text!r} is not a number as 1234.5, with a point or none", row=line)
    try:
        if len(text) > MAX_LENGTH:
            raise NotExact(text)
        value = to_scaled(Decimal(text) * unit.scale, 0)
    except (InvalidOperation, NotExact):
        raise BadUsage(f"{text!r} is not a number of whole {unit.base}", row=line) from None
    if not 0 <= value <= MOST:
        raise BadUsage(f"{text} is negative or too great", row=line)
    return value

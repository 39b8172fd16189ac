"""Reads a usage file: CSV of readings or of totals, refused with the number of the bad row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from core.periods import Period
from tariffs.rate_file import clocks, rows
from tariffs.rate_file.errors import BadUsage, named
from tariffs.rate_file.rows import MOST, Row

NO_FILE = Path("--usage")


@dataclass(frozen=True)
class UsageFile:
    """What was used: readings that follow each other, or totals of periods."""

    rows: dict[str, list[Row]]  # by channel, in the order of time
    is_totals: bool
    file: Path = NO_FILE

    def period(self) -> Period:
        """Return from the first to the last moment of the file."""
        every = [row for rows in self.rows.values() for row in (rows[0], rows[-1])]
        return Period(min(r.starts_at for r in every), max(r.ends_at for r in every))

    def periods(self) -> list[Period]:
        """Return the periods of a file of totals, oldest first; those inside others left out."""
        every = {(r.starts_at, r.ends_at) for rows in self.rows.values() for r in rows}
        found: list[Period] = []
        for starts_at, ends_at in sorted(
            every, key=lambda edges: (edges[0], -edges[1].timestamp())
        ):
            if not found or ends_at > found[-1].ends_at:
                found.append(Period(starts_at, ends_at))
        return found

    def registers(self, channel: str) -> dict[str, str]:
        """Return the channels of a meter that counts each time band apart, by band."""
        start = f"{channel}."
        return {name[len(start) :]: name for name in self.rows if name.startswith(start)}


def load(path: Path, zone: ZoneInfo) -> UsageFile:
    """Read a file; days of a file of totals are days of the zone.

    :raises WrongFile: naming the file and the row
    """
    with named(path), path.open(encoding="utf-8-sig", newline="") as lines:
        return read(lines, zone, path)


def read(lines: Iterable[str], zone: ZoneInfo, file: Path = NO_FILE) -> UsageFile:
    """Read the lines of a file.

    :raises BadUsage: naming the row
    """
    found, is_totals = rows.read(lines, zone)
    by_channel: dict[str, list[Row]] = {}
    for row in found:
        by_channel.setdefault(row.channel, []).append(row)
    for own in by_channel.values():
        own.sort(key=lambda row: (row.starts_at, row.line))
        _check_order(own, zone, is_totals=is_totals)
        _check_edges(own, zone)
        _check_sum(own)
    return UsageFile(by_channel, is_totals, file)


def _check_order(own: Sequence[Row], zone: ZoneInfo, *, is_totals: bool) -> None:
    for before, row in pairwise(own):
        if wrong := _misplaced(before, row, zone, is_totals=is_totals):
            raise BadUsage(wrong + clocks.note(row.starts_at, row.ends_at, zone), row=row.line)
        if row.base_unit != before.base_unit:
            raise BadUsage(f"another unit than row {before.line}", row=row.line)


def _misplaced(before: Row, row: Row, zone: ZoneInfo, *, is_totals: bool) -> str:
    """Return what is wrong with where a row stands in time."""
    if (row.starts_at, row.ends_at) == (before.starts_at, before.ends_at):
        return f"repeats row {before.line}"
    if row.starts_at < before.ends_at:
        return f"overlaps row {before.line}"
    if is_totals:
        return ""
    if row.starts_at > before.ends_at:
        return (
            f"nothing from {clocks.local(before.ends_at, zone)}, where row {before.line} ends, "
            f"to {clocks.local(row.starts_at, zone)}"
        )
    return "" if row.seconds == before.seconds else f"is not as long as row {before.line}"


def _check_edges(own: Sequence[Row], zone: ZoneInfo) -> None:
    """Refuse 24 hours in place of a day that has 23 or 25."""
    for row, edge, verb in (
        (own[0], own[0].starts_at, "starts"),
        (own[-1], own[-1].ends_at, "ends"),
    ):
        day = clocks.day_cut_short(edge, zone)
        if day is not None:
            raise BadUsage(
                f"{verb} at {clocks.local(edge, zone)}, as if {day} had 24 hours; "
                f"{clocks.told(day, zone)}",
                row=row.line,
            )


def _check_sum(own: Sequence[Row]) -> None:
    if sum(row.value for row in own) > MOST:
        raise BadUsage(f"channel {own[0].channel}: its sum is too great", row=own[-1].line)

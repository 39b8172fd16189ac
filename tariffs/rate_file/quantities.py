"""Hands the use of a file to the engine: which channel, and which part of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from core.money import divide
from core.periods import Period
from tariffs.engine import Intervals, Registers, Segment, Totals, Usage
from tariffs.engine.quantities.days import billing_days
from tariffs.rate_file import clocks
from tariffs.rate_file.errors import BadUsage
from tariffs.rate_file.rows import Row
from tariffs.rate_file.usage import UsageFile

PEAKS = ("W", "VA")  # not added up over time, nor shared among days


def channel(use: UsageFile, commodity: str, source: str) -> str:
    """Return the channel of a tariff's source: that of its commodity goes first."""
    own = f"{commodity}.{source}"
    if own in use.rows or (use.is_totals and use.registers(own)):
        return own
    if "." in source and not (source in use.rows or (use.is_totals and use.registers(source))):
        return source.partition(".")[2]  # of another commodity, in a file that has only one
    return source


def names(use: UsageFile, commodity: str, source: str) -> Mapping[str, str]:
    """Return the channels of a source by time band; one that is not parted has the band ""."""
    name = channel(use, commodity, source)
    registers = use.registers(name) if use.is_totals else {}
    return registers or ({"": name} if name in use.rows else {})


def usage(use: UsageFile, source: str, segment: Segment, period: Period) -> Usage:
    """Return the use of one source in a segment; totals are those of the period it is cut from.

    :raises BadUsage: if the file does not cover it
    """
    found = names(use, segment.tariff.commodity, source)
    if not use.is_totals:
        return _readings(use.rows[found[""]], found[""], segment.period, segment.zone)
    shared = {
        band: np.array([_share(use.rows[name], name, segment, period)], np.int64)
        for band, name in found.items()
    }
    return Totals(shared[""]) if "" in shared else Registers(shared)


def _readings(rows: list[Row], name: str, period: Period, zone: ZoneInfo) -> Intervals:
    inside = _inside(rows, name, period, zone)
    values = np.array([row.value for row in inside], dtype=np.int64)
    return Intervals(inside[0].starts_at, inside[0].seconds, values[np.newaxis, :])


def _share(rows: list[Row], name: str, segment: Segment, period: Period) -> int:
    """Return the part of a total that falls to a segment by its days; the parts add up."""
    inside = _inside(rows, name, period, segment.zone)
    _check_unbroken(inside, segment.zone)
    values = [row.value for row in inside]
    if inside[0].base_unit in PEAKS:
        return max(values)
    return _by_days(sum(values), segment, period)


def _by_days(total: int, segment: Segment, period: Period) -> int:
    if segment.period == period:
        return total
    whole = len(billing_days(period, segment.zone))
    if not whole:
        raise BadUsage("a total without a whole day cannot be shared")
    before = _days_until(segment.period.starts_at, period, segment.zone)
    after = _days_until(segment.period.ends_at, period, segment.zone)
    return divide(total * after, whole) - divide(total * before, whole)


def _days_until(moment: datetime, period: Period, zone: ZoneInfo) -> int:
    if moment == period.starts_at:
        return 0
    return len(billing_days(Period(period.starts_at, moment), zone))


def _inside(rows: list[Row], name: str, period: Period, zone: ZoneInfo) -> list[Row]:
    """Return the rows that fill a period from its first to its last moment."""
    start = bisect_right(rows, period.starts_at, key=lambda row: row.ends_at)
    inside = rows[start : bisect_left(rows, period.ends_at, key=lambda row: row.starts_at)]
    if not inside:
        starts_at, ends_at = (clocks.local(at, zone) for at in (period.starts_at, period.ends_at))
        raise BadUsage(f"channel {name}: no use in the period from {starts_at} to {ends_at}")
    first, last = inside[0], inside[-1]
    if first.starts_at != period.starts_at:
        at = f"starts at {clocks.local(first.starts_at, zone)}"
        period_at = clocks.local(period.starts_at, zone)
        raise BadUsage(f"{at}, not with the period at {period_at}", row=first.line)
    if last.ends_at != period.ends_at:
        at = f"ends at {clocks.local(last.ends_at, zone)}"
        period_at = clocks.local(period.ends_at, zone)
        raise BadUsage(f"{at}, not with the period at {period_at}", row=last.line)
    return inside


def _check_unbroken(inside: list[Row], zone: ZoneInfo) -> None:
    for before, row in pairwise(inside):
        if row.starts_at != before.ends_at:
            gap = f"nothing from {clocks.local(before.ends_at, zone)}, where row {before.line} ends"
            raise BadUsage(gap, row=row.line)

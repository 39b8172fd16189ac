"""The totals of a period by day or month, and the register reads in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import formats
from core.periods import Period, local_day, local_month
from meters.models import Channel, RegisterRead
from reports.manage_meters.reads import Read, read_row
from reports.manage_readings.asking import Asked
from reports.manage_readings.billed import Bill, billing, bills_over
from reports.manage_readings.parts import Part
from reports.manage_readings.totals import DayTotal, Together, by_day, by_month, together

MOST_READS = 100


@dataclass(frozen=True)
class Line:
    """One total, and the bills that count a part of it."""

    total: DayTotal
    name: str  # of its day or month
    told: str
    bills: Sequence[Bill]


@dataclass(frozen=True)
class PeriodPage:
    """What was counted in a period."""

    lines: Sequence[Line]
    together: Sequence[Together]
    reads: Sequence[tuple[str, Read]]  # with the serial of the meter
    has_more_reads: bool
    is_narrowed: bool


def read_period(asked: Asked, parts: Sequence[Part]) -> PeriodPage:
    """Return the totals that were asked for; six queries, and one for each length of interval."""
    period = asked.period
    totals = by_day(parts)
    bills = bills_over({part.point.pk for part in parts}, period)
    points = {part.point.code: part.point.pk for part in parts}
    shown = by_month(totals) if asked.by_month else totals
    lines = [_line(total, bills, points[total.point], asked) for total in shown]
    kept = [line for line in lines if _is_wanted(line, asked)]
    reads = reads_of(parts, period)
    return PeriodPage(
        lines=sorted(kept, key=lambda line: line.total.day, reverse=True),
        together=together(line.total for line in kept),
        reads=reads[:MOST_READS],
        has_more_reads=len(reads) > MOST_READS,
        is_narrowed=bool(asked.quality or asked.billed),
    )


def _line(total: DayTotal, bills: Sequence[Bill], point_id: int, asked: Asked) -> Line:
    day, zone = total.day, asked.zone
    period = local_month(day.year, day.month, zone) if asked.by_month else local_day(day, zone)
    return Line(
        total,
        formats.month(day) if asked.by_month else formats.day(day),
        formats.quantity(total.units, total.unit, scale=total.scale),
        billing(bills, point_id, period.overlap(asked.period) or period),
    )


def _is_wanted(line: Line, asked: Asked) -> bool:
    if asked.quality == "estimated" and not line.total.guessed:
        return False
    if asked.quality == "missing" and not line.total.missing:
        return False
    return not asked.billed or bool(line.bills) == (asked.billed == "yes")


def reads_of(parts: Sequence[Part], period: Period) -> list[tuple[str, Read]]:
    """Return the register reads of a period, the newest first, each with its meter's serial.

    At most one more than `MOST_READS`; two queries.
    """
    where = {part.channel.channel_id: part for part in parts}
    channels = Channel.objects.in_bulk(list(where))
    found = RegisterRead.objects.filter(
        channel__in=where, read_at__gte=period.starts_at, read_at__lte=period.ends_at
    ).order_by("-read_at", "channel")[: MOST_READS + 1]
    return [_read(read, channels[read.channel_id], where[read.channel_id]) for read in found]


def _read(read: RegisterRead, channel: Channel, part: Part) -> tuple[str, Read]:
    zone: ZoneInfo = part.zone
    return part.channel.meter_serial, read_row(read, channel, zone)

"""What registers counted on each local day or in each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports import daily
from reports.manage_readings.parts import Part


@dataclass(frozen=True)
class DayTotal:
    """One register on one local day, or in the part of a month that was asked for; base units."""

    day: date  # the first one of a month
    serial: str
    point: str
    commodity: str
    quantity: str
    word: str
    unit: str
    scale: int
    units: int
    expected: int
    held: int
    guessed: int

    @property
    def is_whole(self) -> bool:
        return self.held == self.expected > 0

    @property
    def missing(self) -> int:
        return self.expected - self.held


def by_day(parts: Sequence[Part]) -> list[DayTotal]:
    """Return each register's days in order; registers without intervals are left out.

    One query for each length of interval.
    """
    counted = [part for part in parts if not part.channel.is_register_only]
    slots = daily.read_slots(part.channel for part in counted)
    return [total for part in counted for total in _days(part, slots[part.channel.channel_id])]


def by_month(totals: Iterable[DayTotal]) -> list[DayTotal]:
    """Add the days of each month up, register by register."""
    months: dict[tuple[str, str, str, date], list[DayTotal]] = defaultdict(list)
    for one in totals:
        months[one.serial, one.point, one.quantity, one.day.replace(day=1)].append(one)
    return [_sum(key[-1], days) for key, days in months.items()]


@dataclass(frozen=True)
class Together:
    """All that was asked for of one service and register; base units."""

    commodity: str
    word: str
    unit: str
    scale: int
    units: int
    missing: int
    guessed: int


def together(totals: Iterable[DayTotal]) -> list[Together]:
    """Return the totals per service: what was delivered, and what was fed back."""
    groups: dict[tuple[str, str, str, int], list[DayTotal]] = defaultdict(list)
    for one in totals:
        groups[one.commodity, one.word, one.unit, one.scale].append(one)
    return [
        Together(
            *key,
            units=sum(one.units for one in days),
            missing=sum(one.missing for one in days),
            guessed=sum(one.guessed for one in days),
        )
        for key, days in groups.items()
    ]


def _days(part: Part, slots: daily.Slots) -> list[DayTotal]:
    channel = part.channel
    return [
        DayTotal(
            day=day,
            serial=channel.meter_serial,
            point=part.point.code,
            commodity=part.commodity,
            quantity=channel.quantity,
            word=part.word,
            unit=part.unit,
            scale=part.scale,
            units=use.units,
            expected=use.expected,
            held=use.held,
            guessed=use.guessed,
        )
        for day, use in sorted(daily.days_of(channel, slots, part.zone).items())
        if use.expected
    ]


def _sum(month: date, days: Sequence[DayTotal]) -> DayTotal:
    first = days[0]
    return DayTotal(
        day=month,
        serial=first.serial,
        point=first.point,
        commodity=first.commodity,
        quantity=first.quantity,
        word=first.word,
        unit=first.unit,
        scale=first.scale,
        units=sum(one.units for one in days),
        expected=sum(one.expected for one in days),
        held=sum(one.held for one in days),
        guessed=sum(one.guessed for one in days),
    )

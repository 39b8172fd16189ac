"""The readings behind one line of a bill: its days, and the intervals of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from babel.dates import format_time
from django.utils.translation import gettext as _

from core import formats
from core.periods import Period, local_date, local_day
from meters.readings import MISSING, Quality
from statements import line_readings, readings
from statements.models import Statement, StatementLine
from statements.presentation.bill import LineView, line_view
from statements.presentation.load import Loaded, load
from statements.presentation.opened import display, told


@dataclass(frozen=True)
class DayView:
    """One local day: its sum in base units, and how many intervals of the line it has."""

    day: date
    units: int
    slots: int
    guessed_slots: int
    hours: int  # of the whole day: 23 or 25 when the clocks change
    is_open: bool

    @property
    def changes_clock(self) -> bool:
        return self.hours != 24


@dataclass(frozen=True)
class SlotView:
    """One interval of the open day."""

    time: str
    units: int | None
    quality: str
    is_estimated: bool


@dataclass(frozen=True)
class BehindView:
    """What the page of a line shows; quantities in base units, `scale` of which make one unit."""

    statement: Statement
    line: LineView
    days: Sequence[DayView]
    slots: Sequence[SlotView]
    day: date | None
    interval: str
    units: int  # what the listed intervals add up to
    told: str  # how that fits to what the line bills
    unit: str
    scale: int


class NoSuchLine(LookupError):
    """The bill has no line of this number, or one that counts no readings."""


def behind(statement: Statement, seq: int, *, day: date | None, now: datetime) -> BehindView:
    """Return the intervals that a line of the statement counts, those of one day in full.

    :param day: the day to open; the first of the line's if None or not among them
    :raises NoSuchLine: if there is no such line, or nothing that it counts is measured
    """
    loaded = load(statement, now=now)
    row = next((n for n in loaded.lines if n.seq == seq and line_readings.counts_readings(n)), None)
    if row is None or loaded.inputs is None:
        raise NoSuchLine(f"{statement} has no line {seq} with readings")
    found = line_readings.behind(row, loaded.inputs, loaded.series)
    return _view(row, loaded, found, day)


def _view(
    row: StatementLine, loaded: Loaded, found: line_readings.SlotsBehind | None, wanted: date | None
) -> BehindView:
    zone = loaded.statement.zone
    days = _days(found, zone) if found else []
    known = {day.day for day in days}
    chosen = wanted if wanted in known else min(known, default=None)
    unit, scale = display(row, found, loaded)
    return BehindView(
        statement=loaded.statement,
        line=line_view(row, Period(row.starts_at, row.ends_at), loaded),
        days=[_day_view(day, zone, chosen) for day in days],
        slots=_slots(found, chosen, zone) if found and chosen else [],
        day=chosen,
        interval=_interval(found.interval_s) if found else "",
        units=found.units if found else row.quantity,
        told=told(row, found, unit, scale) if found else "",
        unit=unit,
        scale=scale,
    )


def _days(found: line_readings.SlotsBehind, zone: ZoneInfo) -> list[readings.DayUse]:
    series = readings.Series(found.values, found.codes)
    return readings.by_day(found.starts_at, found.interval_s, series, zone, found.mask)


def _day_view(day: readings.DayUse, zone: ZoneInfo, chosen: date | None) -> DayView:
    hours = local_day(day.day, zone).seconds // 3600
    return DayView(day.day, day.units, day.slots, day.guessed_slots, hours, day.day == chosen)


def _slots(found: line_readings.SlotsBehind, day: date, zone: ZoneInfo) -> list[SlotView]:
    step = timedelta(seconds=found.interval_s)
    says_zone = local_day(day, zone).seconds != 24 * 3600
    slots = []
    for place in np.flatnonzero(found.mask).tolist():
        starts_at = found.starts_at + step * place
        if local_date(starts_at, zone) == day:
            value, code = int(found.values[place]), int(found.codes[place])
            slots.append(
                SlotView(
                    time=_times(starts_at, starts_at + step, zone, says_zone=says_zone),
                    units=None if value == MISSING else value,
                    quality=_quality(code),
                    is_estimated=code in readings.GUESSED,
                )
            )
    return slots


def _times(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, *, says_zone: bool) -> str:
    """Return "14:00 – 15:00", with the zone's short name on days when the clocks change."""
    locale = formats.current_locale()
    words = []
    for moment in (starts_at.astimezone(zone), ends_at.astimezone(zone)):
        text = format_time(moment, format="short", locale=locale)
        words.append(f"{text} {moment.tzname()}" if says_zone else text)
    return " – ".join(words)


def _interval(seconds: int) -> str:
    if seconds % 3600 == 0:
        return _("%(count)s h") % {"count": formats.number(seconds // 3600)}
    return _("%(count)s min") % {"count": formats.number(seconds // 60)}


def _quality(code: int) -> str:
    words = {
        Quality.ACTUAL: _("Actual"),
        Quality.ESTIMATED: _("Estimated"),
        Quality.SUBSTITUTED: _("Substituted"),
        Quality.FINAL: _("Final"),
        Quality.CUSTOMER: _("Read by the customer"),
        Quality.SUSPECT: _("In doubt"),
        Quality.MISSING: _("Missing"),
    }
    return words.get(Quality(code), _("Unknown"))

"""How much was used day by day: the finding, its chart and its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core import formats
from core.charts import USE, Bar, Chart, Mark, bars
from statements import readings
from statements.presentation.load import Loaded
from statements.presentation.units import DISPLAY


@dataclass(frozen=True)
class UsageDay:
    """One row under the chart."""

    day: date
    units: int
    is_estimated: bool


@dataclass(frozen=True)
class Usage:
    """What an agreement used in the billed period; base units, `scale` of which make one unit."""

    chart: Chart
    days: Sequence[UsageDay]
    unit: str
    scale: int


def usage(loaded: Loaded, billed: readings.Billed) -> Usage | None:
    """Return the use of an agreement by day; None where nothing was measured in slots."""
    uses = [u for u in billed.uses if u.interval_s and u.source == readings.MAIN_SOURCE]
    if not uses or not loaded.inputs:
        return None
    unit, scale = DISPLAY[loaded.channels[uses[0].channel_id].unit]
    days = _days(uses, loaded)
    chart = bars(
        [_bar(row) for row in days],
        [USE],
        key=f"use-{billed.agreement_id}",
        finding=_finding(days, unit, scale),
        description=_description(days, unit, scale),
        unit=unit,
        scale=scale,
        height=170,
    )
    return Usage(chart, days, unit, scale)


def _bar(row: UsageDay) -> Bar:
    mark = Mark.ESTIMATED if row.is_estimated else Mark.NONE
    return Bar(formats.number(row.day.day), (row.units,), mark, formats.day(row.day))


def _days(uses: Sequence[readings.Use], loaded: Loaded) -> list[UsageDay]:
    units: Counter[date] = Counter()
    guessed: set[date] = set()
    zone = loaded.statement.zone
    for use in uses:
        starts_at = use.period.starts_at
        for row in readings.by_day(starts_at, use.interval_s, loaded.series[use], zone):
            units[row.day] += row.units
            guessed |= {row.day} if row.is_estimated else set()
    return [UsageDay(day, units[day], day in guessed) for day in sorted(units)]


def _finding(days: Sequence[UsageDay], unit: str, scale: int) -> str:
    total = sum(row.units for row in days)
    words = {
        "total": formats.quantity(total, unit, scale=scale),
        "average": _rounded(total, scale * len(days), unit),
    }
    return _("You used %(total)s, about %(average)s a day.") % words


def _description(days: Sequence[UsageDay], unit: str, scale: int) -> str:
    highest, lowest = max(days, key=lambda row: row.units), min(days, key=lambda row: row.units)
    words = {
        "most": formats.quantity(highest.units, unit, scale=scale),
        "most_on": formats.day(highest.day),
        "least": formats.quantity(lowest.units, unit, scale=scale),
        "least_on": formats.day(lowest.day),
    }
    told = _(
        "One bar for each day. Most: %(most)s on %(most_on)s. Least: %(least)s on %(least_on)s."
    )
    return told % words


def _rounded(units: int, scale: int, unit: str) -> str:
    average = (Decimal(units) / scale).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{formats.number(average)} {formats.unit_name(unit)}"

"""A line of a bill, opened: its arithmetic, the days behind it, and the tariff it was priced by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from django.utils.translation import gettext as _

from core import formats
from core.money import Rounding, from_minor, minor_digits
from statements import line_readings, readings
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation.load import Loaded
from statements.presentation.units import BASE_UNIT, DISPLAY
from statements.presentation.worked import worked
from statements.rating.inputs import Known
from tariffs.engine.measures import DEMAND_UNITS


@dataclass(frozen=True)
class DayBehind:
    """What one day gave to a line, in base units."""

    day: date
    units: int
    is_estimated: bool


@dataclass(frozen=True)
class OpenLine:
    """How a line comes about; quantities in base units, `scale` of which make one unit."""

    arithmetic: str  # quantity × rate = exact amount
    rounding: str
    tariff: str
    days: Sequence[DayBehind]
    told: str  # how the days fit to what the line bills
    unit: str
    scale: int


def open_line(row: StatementLine, loaded: Loaded) -> OpenLine:
    """Return how a line was worked out, with the days of one that counts readings."""
    found = _behind(row, loaded)
    unit, scale = display(row, found, loaded)
    return OpenLine(
        arithmetic=_arithmetic(row, loaded),
        rounding=_rounding(row, loaded),
        tariff=_tariff(row),
        days=_days(found, loaded) if found else [],
        told=told(row, found, unit, scale) if found else "",
        unit=unit,
        scale=scale,
    )


def display(
    row: StatementLine, found: line_readings.SlotsBehind | None, loaded: Loaded
) -> tuple[str, int]:
    """Return the unit in which the readings behind a line are shown, and its base units."""
    if found:
        return DISPLAY[loaded.channels[found.channel_id].unit]
    return DISPLAY[BASE_UNIT.get(row.unit, "Wh")]


def told(row: StatementLine, found: line_readings.SlotsBehind, unit: str, scale: int) -> str:
    """Say that the readings are what is billed, or which part of them a slab takes."""
    units = found.units
    words = {
        "sum": formats.quantity(units, unit, scale=scale),
        "billed": formats.quantity(row.quantity, unit, scale=scale),
    }
    if row.kind == "demand" or (row.kind == "info" and row.unit in DEMAND_UNITS):
        return _of_peak(row, found) % words
    if "steps" in row.params:
        return _("The intervals below add up to %(sum)s, before it is converted.") % words
    if units == row.quantity:
        return _("The intervals below add up to %(sum)s: exactly what the line bills.") % words
    said = _(
        "The intervals below add up to %(sum)s. This line bills %(billed)s of them; "
        "the rest stands on the other lines of the same charge."
    )
    return said % words


def _of_peak(row: StatementLine, found: line_readings.SlotsBehind) -> str:
    """Say what was used in the window of a peak; of several windows only that they are below."""
    slots = np.flatnonzero(found.mask)
    is_one = slots.size and slots[-1] - slots[0] + 1 == slots.size
    if not is_one or row.params.get("peak") == "daily":
        return _("The greatest demand was measured in the intervals below.")
    minutes = formats.number(int(slots.size) * found.interval_s // 60)
    said = _("The greatest demand was measured in the intervals below: %(sum)s in %(minutes)s min.")
    return said.replace("%(minutes)s", minutes)


def exact(row: StatementLine, currency: str) -> Decimal:
    """Return quantity × rate before it is rounded, in units of the currency."""
    price = Decimal(row.unit_price).scaleb(-PRICE_DIGITS)
    if row.unit == "percent":
        return from_minor(row.quantity, currency) * price / 100
    return Decimal(row.quantity) * price / Decimal(row.quantity_scale)


def _arithmetic(row: StatementLine, loaded: Loaded) -> str:
    currency = loaded.statement.currency
    left = worked(row, currency, loaded.lines, past_of(row, loaded))
    if row.kind in ("info", "rounding") or row.params.keys() & {"exempt", "lots"}:
        return left
    value = exact(row, currency)
    shown = value.quantize(Decimal(1).scaleb(-PRICE_DIGITS)).normalize()
    sign = "=" if shown == value else "≈"  # a share of days may have no last digit
    scaled = int(shown.scaleb(PRICE_DIGITS))
    return f"{left} {sign} {formats.rate(scaled, currency)}"


def past_of(row: StatementLine, loaded: Loaded) -> Sequence[Known]:
    """Return what the bill knew of earlier periods of the agreement of a line."""
    found = (each.past for each in loaded.billed if each.agreement_id == row.agreement_id)
    return next(found, ())


def _rounding(row: StatementLine, loaded: Loaded) -> str:
    currency = loaded.statement.currency
    words = {"amount": formats.money(row.amount_minor, currency)}
    if row.kind == "info" or "exempt" in row.params:
        return _("It costs nothing.")
    if row.unit == "money":
        return ""
    if exact(row, currency).scaleb(minor_digits(currency)) == row.amount_minor:
        return _("Exactly %(amount)s: nothing was rounded.") % words
    return _rounded(row, loaded) % words


def _rounded(row: StatementLine, loaded: Loaded) -> str:
    """Say how a line was rounded: by its tariff, else half up; taxes always half up."""
    tariff = loaded.tariffs.get(row.tariff_version_id) if row.tariff_version_id else None
    rule = (tariff.rounding if tariff else None) or Rounding.HALF_UP
    return {
        Rounding.HALF_UP: _("Rounded once, half up, to %(amount)s."),
        Rounding.HALF_EVEN: _("Rounded once, half to even, to %(amount)s."),
        Rounding.UP: _("Rounded up once, to %(amount)s."),
        Rounding.DOWN: _("Rounded down once, to %(amount)s."),
    }[rule]


def _tariff(row: StatementLine) -> str:
    version = row.tariff_version if row.tariff_version_id else None
    if version is None:
        return ""
    words = {
        "name": version.tariff.name,
        "number": formats.number(version.number),
        "day": formats.day(version.starts_on),
    }
    return _("Priced by %(name)s, version %(number)s, valid from %(day)s.") % words


def _behind(row: StatementLine, loaded: Loaded) -> line_readings.SlotsBehind | None:
    if not line_readings.counts_readings(row) or loaded.inputs is None:
        return None
    return line_readings.behind(row, loaded.inputs, loaded.series)


def _days(found: line_readings.SlotsBehind, loaded: Loaded) -> list[DayBehind]:
    series = readings.Series(found.values, found.codes)
    zone = loaded.statement.zone
    days = readings.by_day(found.starts_at, found.interval_s, series, zone, found.mask)
    return [DayBehind(each.day, each.units, each.is_estimated) for each in days]

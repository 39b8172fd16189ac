"""A line of a bill, opened: its arithmetic, the days behind it, and the tariff it was priced by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core import formats
from core.money import from_minor, minor_digits
from statements import readings
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation import labels
from statements.presentation.load import Loaded
from statements.presentation.units import BASE_UNIT, DISPLAY


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
    unit, scale = DISPLAY[BASE_UNIT.get(row.unit, "Wh")]
    return OpenLine(
        arithmetic=_arithmetic(row, loaded.statement.currency),
        rounding=_rounding(row, loaded.statement.currency),
        tariff=_tariff(row),
        days=_days(found, loaded) if found else [],
        told=told(found.units, row.quantity, unit, scale) if found else "",
        unit=unit,
        scale=scale,
    )


def told(units: int, billed: int, unit: str, scale: int) -> str:
    """Say that the readings are what is billed, or which part of them a slab takes."""
    words = {
        "sum": formats.quantity(units, unit, scale=scale),
        "billed": formats.quantity(billed, unit, scale=scale),
    }
    if units == billed:
        return _("The intervals below add up to %(sum)s: exactly what the line bills.") % words
    said = _(
        "The intervals below add up to %(sum)s. This line bills %(billed)s of them; "
        "the rest stands on the other lines of the same charge."
    )
    return said % words


def exact(row: StatementLine, currency: str) -> Decimal:
    """Return quantity × rate before it is rounded, in units of the currency."""
    price = Decimal(row.unit_price).scaleb(-PRICE_DIGITS)
    if row.unit == "percent":
        return from_minor(row.quantity, currency) * price / 100
    return Decimal(row.quantity) * price / Decimal(row.quantity_scale)


def _arithmetic(row: StatementLine, currency: str) -> str:
    left, rate = labels.quantity(row, currency), labels.rate(row, currency)
    value = exact(row, currency)
    shown = value.quantize(Decimal(1).scaleb(-PRICE_DIGITS)).normalize()
    sign = "=" if shown == value else "≈"  # a share of days may have no last digit
    scaled = int(shown.scaleb(PRICE_DIGITS))
    return f"{left} × {rate} {sign} {formats.rate(scaled, currency)}"


def _rounding(row: StatementLine, currency: str) -> str:
    words = {"amount": formats.money(row.amount_minor, currency)}
    if exact(row, currency).scaleb(minor_digits(currency)) == row.amount_minor:
        return _("Exactly %(amount)s: nothing was rounded.") % words
    return _("Rounded once, half up, to %(amount)s.") % words


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


def _behind(row: StatementLine, loaded: Loaded) -> readings.SlotsBehind | None:
    if row.kind != "energy" or loaded.inputs is None:
        return None
    return readings.behind(row, loaded.inputs, loaded.series)


def _days(found: readings.SlotsBehind, loaded: Loaded) -> list[DayBehind]:
    series = readings.Series(found.values, found.codes)
    zone = loaded.statement.zone
    days = readings.by_day(found.starts_at, found.interval_s, series, zone, found.mask)
    return [DayBehind(each.day, each.units, each.is_estimated) for each in days]

"""The meter readings table: opening, closing, what lies between, and how it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from meters.models import RegisterRead
from meters.queries import Register, RegisterRow
from statements import readings
from statements.presentation.load import Loaded
from statements.presentation.units import DISPLAY

GUESSED = (RegisterRead.Quality.ESTIMATED, RegisterRead.Quality.SUBSTITUTED)


@dataclass(frozen=True)
class Read:
    """What a register showed at a moment, in base units, and how that is known."""

    read_at: datetime
    value: int
    kind: str
    is_estimated: bool


@dataclass(frozen=True)
class MeterRow:
    """One register of one meter; quantities in base units, `scale` of which make one unit."""

    serial: str
    register: str
    opening: Read | None
    closing: Read | None
    difference: int | None
    used: int | None
    used_is_estimated: bool
    multiplier: int
    unit: str
    scale: int


def meter_rows(loaded: Loaded, billed: readings.Billed) -> list[MeterRow]:
    """Return the reading table of one agreement, a row for each meter and register."""
    rows = loaded.registers.get(billed.agreement_id, ())
    return [_row(row, use, loaded) for row, use in zip(rows, billed.uses, strict=True)]


def _row(row: RegisterRow, use: readings.Use, loaded: Loaded) -> MeterRow:
    channel = loaded.channels[use.channel_id]
    unit, scale = DISPLAY[channel.unit]
    series = loaded.series.get(use)
    days = (
        readings.by_day(use.period.starts_at, use.interval_s, series, loaded.statement.zone)
        if series
        else []
    )
    return MeterRow(
        serial=row.channel.meter_serial,
        register=str(channel.get_quantity_display()),
        opening=_read(row.opening),
        closing=_read(row.closing),
        difference=row.difference,
        used=sum(day.units for day in days) if series else row.difference,
        used_is_estimated=_is_estimated(days, (row.opening, row.closing)),
        multiplier=channel.multiplier,
        unit=unit,
        scale=scale,
    )


def _is_estimated(days: Sequence[readings.DayUse], ends: Sequence[Register | None]) -> bool:
    return any(day.is_estimated for day in days) or any(
        end is not None and end.quality in GUESSED for end in ends
    )


def _read(register: Register | None) -> Read | None:
    if register is None:
        return None
    try:
        kind = str(RegisterRead.Quality(register.quality).label)
    except ValueError:
        kind = _("Unknown")
    return Read(register.read_at, register.value, kind, register.quality in GUESSED)

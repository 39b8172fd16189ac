"""What a register shows and what is stored, and the words for both."""

from __future__ import annotations

from decimal import Decimal

from core import formats
from meters.models import Channel
from meters.models.devices import BASE_UNITS_PER_DISPLAY_UNIT

DISPLAYED = {
    Channel.Unit.WATT_HOUR: "kWh",
    Channel.Unit.LITRE: "m3",
    Channel.Unit.VAR_HOUR: "kvarh",
    Channel.Unit.VOLT_AMPERE_HOUR: "kVAh",
}


class TooFine(ValueError):
    """More decimals than the register shows."""


def displayed_unit(unit: str) -> str:
    """Return the unit that people read: kWh for Wh, m3 for litres."""
    return DISPLAYED[Channel.Unit(unit)]


def told(base: int, unit: str) -> str:
    """Return base units as people read them: 1,234.5 kWh."""
    return formats.quantity(base, displayed_unit(unit), scale=BASE_UNITS_PER_DISPLAY_UNIT)


def shown(base: int, multiplier: int) -> Decimal:
    """Return what the register of a meter shows for stored base units."""
    return Decimal(base) / (BASE_UNITS_PER_DISPLAY_UNIT * multiplier)


def stored(shown: Decimal, multiplier: int) -> int:
    """Return the base units of what a register shows.

    :raises TooFine: if it is no whole number of the register's smallest step
    """
    steps = shown * BASE_UNITS_PER_DISPLAY_UNIT
    if steps != int(steps):
        raise TooFine(f"{shown} has too many decimals")
    return int(steps) * multiplier

"""Reads one charge of a definition by its kind."""

from __future__ import annotations

from collections.abc import Callable

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.credit import credit
from tariffs.engine.reading.demand import demand
from tariffs.engine.reading.energy import energy
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.fixed import fixed
from tariffs.engine.reading.minimum import minimum
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.percent import percent
from tariffs.engine.shape import AnyCharge

KINDS: dict[str, Callable[[Fields, Names], AnyCharge]] = {
    "energy": energy,
    "fixed": fixed,
    "demand": demand,
    "minimum": minimum,
    "percent": percent,
    "credit": credit,
}


def charge(item: object, path: str, names: Names) -> AnyCharge:
    """Read one charge.

    :raises TariffError: naming the row
    """
    fields = Fields(item, path)
    kind = fields.text("kind")
    if kind not in KINDS:
        raise TariffError(fields.at("kind"), f"{kind!r} must be one of {', '.join(KINDS)}")
    read = KINDS[kind](fields, names)
    fields.end()
    return read

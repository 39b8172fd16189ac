"""Reads to what whole multiples a quantity is rounded before it is priced."""

from __future__ import annotations

from core.money import Rounding
from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import Quantum
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.times import base_units


def quantum(fields: Fields, scale: int) -> Quantum | None:
    """Take `round_quantity`, if it is there.

    :param scale: base units in one unit of the price
    """
    if not fields.has("round_quantity"):
        return None
    given = Fields(fields.take("round_quantity"), fields.at("round_quantity"))
    step = base_units(given, "to", scale)
    if not step:
        raise TariffError(given.at("to"), "must be above 0")
    read = Quantum(step, given.choice("rounding", Rounding, Rounding.HALF_UP))
    given.end()
    return read

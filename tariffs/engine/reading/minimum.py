"""Reads a least amount of other charges."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.shape import MinimumCharge


def minimum(fields: Fields, names: Names) -> MinimumCharge:
    raise TariffError(fields.at("kind"), "a charge of kind 'minimum' is not computed yet")

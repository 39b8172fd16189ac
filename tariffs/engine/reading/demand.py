"""Reads a price per kW or kVA of billing demand."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.shape import DemandCharge


def demand(fields: Fields, names: Names) -> DemandCharge:
    raise TariffError(fields.at("kind"), "a charge of kind 'demand' is not computed yet")

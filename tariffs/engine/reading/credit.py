"""Reads a credit for what is fed back."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.shape import EnergyCharge


def credit(fields: Fields, names: Names) -> EnergyCharge:
    raise TariffError(fields.at("kind"), "a charge of kind 'credit' is not computed yet")

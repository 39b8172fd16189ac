"""Settles credit that is kept in dated lots."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import EnergyCharge
from tariffs.engine.values import Column


def settle(charge: EnergyCharge, index: int, bill: Bill) -> Iterator[Column]:
    raise UsageError("lots are not computed yet")

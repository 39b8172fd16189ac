"""Prices demand."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import DemandCharge
from tariffs.engine.values import Column


def price(charge: DemandCharge, index: int, bill: Bill) -> Iterator[Column]:
    raise UsageError("demand is not computed yet")

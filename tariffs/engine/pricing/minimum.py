"""Prices minimum."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import MinimumCharge
from tariffs.engine.values import Column


def price(charge: MinimumCharge, index: int, bill: Bill) -> Iterator[Column]:
    raise UsageError("minimum is not computed yet")

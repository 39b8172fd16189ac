"""Rounds the total of a bill, with a line for the difference."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.values import Column


def difference(bill: Bill) -> Iterator[Column]:
    """Return the line that makes the printed lines add up to the rounded total."""
    yield from ()

"""Reads how the total of a bill comes about."""

from __future__ import annotations

from tariffs.engine.pieces import TotalRule
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names


def total(top: Fields, names: Names) -> TotalRule:
    return TotalRule()

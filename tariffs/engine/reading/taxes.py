"""Reads the taxes of a tariff, in the order in which they apply."""

from __future__ import annotations

from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.taxes import Tax


def taxes(top: Fields, names: Names) -> tuple[Tax, ...]:
    return ()

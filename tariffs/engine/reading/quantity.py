"""Reads which quantity a charge prices, and in which unit."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.measures import ATTRIBUTE_UNITS, MEASURED_UNITS
from tariffs.engine.reading.fields import Fields
from tariffs.engine.shape import Proration

COMMODITIES = ("electricity", "water", "gas", "sewer", "waste")
METERED_ONLY = (
    "source",
    "commodity",
    "less",
    "conversion",
    "slabs_with_time",
    "slab_width",
    "whole_days",
    "slab_times",
)


def source(fields: Fields) -> str:
    """Take the key of the quantity: `import`, `water.import` or `@area`."""
    if fields.has("attribute"):
        fields.refuse(dict.fromkeys(METERED_ONLY, "an attribute is not metered: leave this out"))
        return f"@{_needed(fields, 'attribute')}"
    return channel(fields, "import")


def channel(fields: Fields, default: str | None = None) -> str:
    """Take a channel, with its commodity in front if that is named."""
    name = _needed(fields, "source", default)
    if not fields.has("commodity"):
        return name
    commodity = fields.text("commodity")
    if commodity not in COMMODITIES:
        raise TariffError(
            fields.at("commodity"), f"{commodity!r} must be one of {', '.join(COMMODITIES)}"
        )
    return f"{commodity}.{name}"


def unit(fields: Fields, key: str) -> str:
    """Take the unit of the price; attributes have their own."""
    return known_unit(fields, "unit", ATTRIBUTE_UNITS if key.startswith("@") else MEASURED_UNITS)


def known_unit(fields: Fields, name: str, known: tuple[str, ...]) -> str:
    value = fields.text(name)
    if value not in known:
        raise TariffError(fields.at(name), f"{value!r} must be one of {', '.join(known)}")
    return value


def proration(fields: Fields, key: str) -> Proration:
    if fields.has("proration") and not key.startswith("@"):
        raise TariffError(
            fields.at("proration"), "only an attribute is prorated; use is what it is"
        )
    return fields.choice("proration", Proration, Proration.DAYS)


def _needed(fields: Fields, name: str, default: str | None = None) -> str:
    value = fields.code(name, default)
    if not value:
        raise TariffError(fields.at(name), "must not be empty")
    return value

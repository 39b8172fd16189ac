"""Reads the bills worked by hand that a tariff carries with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.money import minor_digits
from tariffs.engine.errors import TariffError
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Example
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.times import base_units
from tariffs.engine.shape import PRICE_DIGITS, AnyCharge, EnergyCharge, Metered

FACTOR_DIGITS = 8


def examples(top: Fields, charges: Sequence[AnyCharge], currency: str) -> tuple[Example, ...]:
    units = _units(charges)
    return tuple(
        _example(Fields(item, path), units, currency)
        for item, path in top.optional_rows("examples")
    )


def _units(charges: Sequence[AnyCharge]) -> dict[str, int]:
    """Return base units in one unit of each quantity an example may state, attributes included.

    A register of a band is named after its channel: `import.peak`.
    """
    units: dict[str, int] = {}
    priced = [charge for charge in charges if isinstance(charge, Metered)]
    for charge in sorted(priced, key=lambda charge: not isinstance(charge, EnergyCharge)):
        for source in charge.sources:
            units.setdefault(source, _scale(charge, source))
            for row in charge.rows:
                if row.band:
                    units.setdefault(f"{source}.{row.band}", _scale(charge, source))
    return units | _attributes(priced)


def _scale(charge: Metered, source: str) -> int:
    conversion = charge.steps.conversion if isinstance(charge, EnergyCharge) else None
    if conversion and source == charge.source:
        return UNITS[conversion.unit].scale
    return charge.scale


def _attributes(charges: Sequence[Metered]) -> dict[str, int]:
    energy = [charge for charge in charges if isinstance(charge, EnergyCharge)]
    units = {charge.source: charge.scale for charge in energy if charge.is_attribute}
    for charge in energy:
        if charge.slab_times and charge.slab_times.attribute:
            units.setdefault(f"@{charge.slab_times.attribute}", UNITS["item"].scale)
    return units


def _example(fields: Fields, units: Mapping[str, int], currency: str) -> Example:
    digits = minor_digits(currency)
    attributes = {key: scale for key, scale in units.items() if key.startswith("@")}
    measured = {key: scale for key, scale in units.items() if not key.startswith("@")}
    example = Example(
        name=fields.text("name", ""),
        first=fields.day("first"),
        last=fields.day("last"),
        use=_quantities(fields, "use", measured),
        use_per_hour=_quantities(fields, "use_per_hour", measured),
        attributes=_quantities(fields, "attributes", attributes),
        conditions=frozenset(fields.texts("conditions")),
        given=_given(fields),
        total_minor=fields.scaled("total", digits, scale=digits),
    )
    fields.end()
    if example.last < example.first:
        raise TariffError(fields.at("last"), f"{example.last} is before {example.first}")
    return example


def _quantities(fields: Fields, name: str, units: Mapping[str, int]) -> dict[str, int]:
    """Take base units by source; attributes are written without their sign."""
    given = Fields(fields.take(name, {}), fields.at(name))
    read = {}
    for source, scale in units.items():
        written = source.removeprefix("@")
        if given.has(written):
            read[source] = base_units(given, written, scale)
    given.end()
    return read


def _given(fields: Fields) -> dict[str, int]:
    named = Fields(fields.take("given", {}), fields.at("given"))
    return {name: named.scaled(name, FACTOR_DIGITS, scale=PRICE_DIGITS) for name in named.names()}

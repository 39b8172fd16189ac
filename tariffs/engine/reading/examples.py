"""Reads the bills worked by hand that a tariff carries with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from core.money import minor_digits
from tariffs.engine.errors import TariffError
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Example
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.times import base_units
from tariffs.engine.shape import PRICE_DIGITS, AnyCharge, EnergyCharge, Metered

LONGEST = timedelta(days=3 * 366)
YEARS = range(1900, 9000)  # what clocks and calendars compute without running out


def examples(top: Fields, charges: Sequence[AnyCharge], currency: str) -> tuple[Example, ...]:
    units, given = _units(charges), _names_given(charges)
    return tuple(
        _example(Fields(item, path), units, given, currency)
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


def _names_given(charges: Sequence[AnyCharge]) -> frozenset[str]:
    """Return the names under which conversions are handed their numbers."""
    rules = [c.steps.conversion for c in charges if isinstance(c, EnergyCharge)]
    factors = [factor for rule in rules if rule for factor in rule.factors]
    return frozenset(factor.given for factor in factors if factor.given)


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


def _example(
    fields: Fields, units: Mapping[str, int], given: Collection[str], currency: str
) -> Example:
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
        given=_given(fields, given),
        total_minor=fields.scaled("total", digits),
    )
    fields.end()
    _check_days(example, fields)
    return example


def _check_days(example: Example, fields: Fields) -> None:
    if example.last < example.first:
        raise TariffError(fields.at("last"), f"{example.last} is before {example.first}")
    if example.last - example.first > LONGEST:
        raise TariffError(fields.at("last"), f"{example.last} is years after {example.first}")
    for name, day in (("first", example.first), ("last", example.last)):
        if day.year not in YEARS:
            raise TariffError(fields.at(name), f"{day} is out of range")


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


def _given(fields: Fields, names: Collection[str]) -> dict[str, int]:
    given = Fields(fields.take("given", {}), fields.at("given"))
    known = [name for name in names if given.has(name)]
    read = {name: given.scaled(name, PRICE_DIGITS) for name in known}
    given.end()
    return read

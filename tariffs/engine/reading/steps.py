"""Reads what happens to a quantity before it is priced."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.errors import TariffError
from tariffs.engine.measures import MEASURED_UNITS, UNITS
from tariffs.engine.pieces import Conversion, Factor, Less
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.prices import HUNDRED
from tariffs.engine.reading.quantity import channel, known_unit
from tariffs.engine.reading.quantum import quantum
from tariffs.engine.reading.times import base_units
from tariffs.engine.shape import PRICE_DIGITS, EnergyCharge, SlabsWithTime, Steps


def steps(fields: Fields, unit: str, source: str) -> Steps:
    scale = UNITS[unit].scale
    return Steps(
        less=tuple(_lesses(fields, source)),
        share=_share(fields),
        conversion=_conversion(fields),
        at_most=_positive(fields, "at_most", scale) if fields.has("at_most") else None,
        quantum=quantum(fields, scale),
    )


def check_steps(read: EnergyCharge, fields: Fields) -> None:
    """Refuse steps that cannot be taken for each price row."""
    if read.steps and read.slabs_with_time is SlabsWithTime.CHRONOLOGICAL:
        raise TariffError(
            fields.at("slabs_with_time"),
            "chronological slabs price readings as they are: no step can change the quantity",
        )
    priced = [read, *(table for _, table in read.tables)]
    if read.steps.at_most is not None and any(c.has_seasons or c.has_bands for c in priced):
        raise TariffError(
            fields.at("at_most"), "caps one quantity: this charge has several, by season or band"
        )


def _lesses(fields: Fields, own: str) -> Iterator[Less]:
    taken: set[str] = set()
    for item, path in fields.optional_rows("less"):
        less = _less(Fields(item, path), own)
        if less.source in taken:
            raise TariffError(f"{path}.source", f"{less.source!r} is taken off twice")
        taken.add(less.source)
        yield less


def _less(row: Fields, own: str) -> Less:
    source = channel(row)
    if source == own:
        raise TariffError(row.at("source"), f"{source!r} cannot be taken off itself")
    whole = HUNDRED * 10**PRICE_DIGITS
    percent = _above_nothing(row, "percent") if row.has("percent") else whole
    row.end()
    if percent > whole:
        raise TariffError(row.at("percent"), "must not exceed 100")
    return Less(source, percent)


def _share(fields: Fields) -> int | None:
    if not fields.has("share_percent"):
        return None
    return _above_nothing(fields, "share_percent")


def _conversion(fields: Fields) -> Conversion | None:
    if not fields.has("conversion"):
        return None
    rule = Fields(fields.take("conversion"), fields.at("conversion"))
    unit = known_unit(rule, "from", MEASURED_UNITS)
    factors = tuple(_factor(Fields(item, path)) for item, path in rule.rows("factors"))
    if not factors:
        raise TariffError(rule.at("factors"), "must hold at least one row")
    rule.end()
    return Conversion(unit, factors)


def _factor(row: Fields) -> Factor:
    """Read a number that is stated, or one that is handed over under a name."""
    name = row.text("name")
    if row.has("given") and row.has("value"):
        raise TariffError(row.at("value"), "is given: a factor has a value or a name to find it")
    given = row.code("given") if row.has("given") else ""
    value = 0 if given else _above_nothing(row, "value")
    by = row.text("by", "multiply")
    if by not in ("multiply", "divide"):
        raise TariffError(row.at("by"), f"{by!r} must be multiply or divide")
    row.end()
    return Factor(name, value, given, divides=by == "divide")


def _above_nothing(fields: Fields, name: str) -> int:
    value = fields.scaled(name, PRICE_DIGITS)
    if value <= 0:
        raise TariffError(fields.at(name), "must be above 0")
    return value


def _positive(fields: Fields, name: str, scale: int) -> int:
    units = base_units(fields, name, scale)
    if not units:
        raise TariffError(fields.at(name), "must be above 0")
    return units

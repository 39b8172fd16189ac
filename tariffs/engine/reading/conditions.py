"""Reads what must hold for a charge or tax."""

from __future__ import annotations

from collections.abc import Mapping

from tariffs.engine.conditions import Named, Term, UseBetween
from tariffs.engine.errors import TariffError
from tariffs.engine.measures import UNITS
from tariffs.engine.reading.fields import Fields, as_text
from tariffs.engine.reading.times import base_units


def terms(fields: Fields) -> tuple[Term, ...]:
    return tuple(_term(item, path) for item, path in fields.optional_rows("when"))


def _term(item: object, path: str) -> Term:
    if not isinstance(item, Mapping):
        return Named(frozenset((as_text(item, path),)))
    fields = Fields(item, path)
    term = _object(fields)
    fields.end()
    return term


def _object(fields: Fields) -> Term:
    if fields.has("not"):
        return Named(frozenset((fields.text("not"),)), negated=True)
    if fields.has("any"):
        names = fields.texts("any")
        if not names:
            raise TariffError(fields.at("any"), "must name at least one condition")
        return Named(frozenset(names))
    if fields.has("use_of"):
        return _use(fields)
    raise TariffError(fields.path, "must be the name of a condition, or have not, any or use_of")


def _use(fields: Fields) -> UseBetween:
    source = fields.code("use_of")
    unit = fields.text("unit")
    if unit not in UNITS:
        raise TariffError(fields.at("unit"), f"{unit!r} must be one of {', '.join(UNITS)}")
    above, up_to = (_bound(fields, name, UNITS[unit].scale) for name in ("above", "up_to"))
    if above is None and up_to is None:
        raise TariffError(fields.at("above"), "is missing: give above, up_to, or both")
    if above is not None and up_to is not None and up_to <= above:
        raise TariffError(fields.at("up_to"), "must be greater than above")
    return UseBetween(source, _periods(fields), above, up_to)


def _bound(fields: Fields, name: str, scale: int) -> int | None:
    return base_units(fields, name, scale) if fields.has(name) else None


def _periods(fields: Fields) -> int:
    if not fields.has("last_periods"):
        return 0
    periods = fields.scaled("last_periods", 0)
    if periods < 0:
        raise TariffError(fields.at("last_periods"), "must not be negative")
    return periods

"""Reads a service charge of a plan and says it in the words of the tariff format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tariffs.engine.choices import Beside
from tariffs.engine.errors import TariffError
from tariffs.engine.measures import MEASURED_UNITS
from tariffs.engine.reading.fields import Fields, as_text
from tariffs.plans.terms import ChargeKind, ServiceCharge

BESIDE = tuple(Beside)


def read(fields: Fields, commodity: str, before: Sequence[ServiceCharge]) -> ServiceCharge:
    """Read one charge; its numbers are checked by the engine when its tariff is parsed.

    :param before: the charges above it, of which it may be a percentage
    :raises TariffError: naming the field
    """
    code = fields.code("code")
    if code in [other.code for other in before]:
        raise TariffError(fields.at("code"), f"{code!r} is used twice")
    name = fields.text("name")
    kind = fields.choice("kind", ChargeKind)
    shared = {"code": code, "name": name}
    if fields.has("tax_class"):
        shared["tax_class"] = fields.code("tax_class")
    if fields.has("when"):
        shared["when"] = fields.take("when")
    windows: tuple[dict[str, Any], ...] = ()
    if kind is ChargeKind.FIXED:
        charge = _fixed(fields)
    elif kind is ChargeKind.CONSUMPTION:
        charge = _per_unit(fields, commodity)
    else:
        charge, windows = _variable(fields, commodity, before)
    return ServiceCharge(code, name, kind, commodity, {**shared, **charge}, windows)


def _fixed(fields: Fields) -> dict[str, Any]:
    given = {name: fields.take(name) for name in ("basis", "proration") if fields.has(name)}
    return {"kind": "fixed", "price": fields.need("price"), **given}


def _per_unit(fields: Fields, commodity: str) -> dict[str, Any]:
    if not commodity:
        raise TariffError(
            fields.at("commodity"), "is missing: units belong to one service of the plan"
        )
    unit = fields.text("unit")
    if unit not in MEASURED_UNITS:
        raise TariffError(fields.at("unit"), f"{unit!r} must be one of {', '.join(MEASURED_UNITS)}")
    return {"kind": "energy", "unit": unit, "price": fields.need("price")}


def _variable(
    fields: Fields, commodity: str, before: Sequence[ServiceCharge]
) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Read a percentage of named charges, or a price per unit in some hours of the day."""
    if not fields.has("percent"):
        charge = _per_unit(fields, commodity)
        windows = tuple(_window(item, path) for item, path in fields.rows("hours"))
        if not windows:
            raise TariffError(fields.at("hours"), "must hold at least one row")
        return charge, windows
    fields.refuse(dict.fromkeys(("price", "unit", "hours"), "a percentage has none"))
    return {
        "kind": "percent",
        "purpose": "surcharge",
        "percent": fields.need("percent"),
        "of": _of(fields, commodity, before),
    }, ()


def _window(item: object, path: str) -> dict[str, Any]:
    """Take the hours of a band as the tariff format writes them."""
    fields = Fields(item, path)
    window = {name: fields.take(name) for name in ("days", "from", "to") if fields.has(name)}
    fields.end()
    return window


def _of(fields: Fields, commodity: str, before: Sequence[ServiceCharge]) -> list[str]:
    codes = {other.code for other in before if other.commodity == commodity and other.commodity}
    found = []
    for value, path in fields.rows("of"):
        text = as_text(value, path)
        if text not in BESIDE and text not in codes:
            raise TariffError(
                path, f"{text!r} is neither {', '.join(BESIDE)} nor a charge above of this service"
            )
        found.append(text)
    if not found:
        raise TariffError(fields.at("of"), "must name what it is a percentage of")
    return found

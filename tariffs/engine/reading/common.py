"""Reads what every charge has."""

from __future__ import annotations

from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading import conditions
from tariffs.engine.reading.fields import Fields


def common(fields: Fields, tax_class: str = "standard") -> dict[str, Any]:
    code = fields.code("code")
    if not code:
        raise TariffError(fields.at("code"), "must not be empty")
    return {
        "code": code,
        "name": fields.text("name", code),
        "tax_class": fields.code("tax_class", tax_class),
        "when": conditions.terms(fields),
    }

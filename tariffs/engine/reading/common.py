"""Reads what every charge has."""

from __future__ import annotations

from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading import conditions
from tariffs.engine.reading.fields import Fields

MAX_CLASS = 20  # letters, as bills keep it


def common(fields: Fields, tax_class: str = "standard") -> dict[str, Any]:
    code = fields.code("code")
    return {
        "code": code,
        "name": fields.text("name", code),
        "tax_class": class_of_tax(fields, tax_class),
        "when": conditions.terms(fields),
    }


def class_of_tax(fields: Fields, default: str = "standard") -> str:
    value = fields.code("tax_class", default)
    if len(value) > MAX_CLASS:
        raise TariffError(fields.at("tax_class"), f"is longer than {MAX_CLASS} letters")
    return value

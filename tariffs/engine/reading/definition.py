"""Reads the format of docs/reference/tariff-format.md into a `Tariff`, or says what is wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.money import Rounding
from tariffs.engine import order
from tariffs.engine.errors import TariffError
from tariffs.engine.reading import charges, checks, times
from tariffs.engine.reading.bases import bases, charge_codes
from tariffs.engine.reading.examples import examples
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.holidays import holidays
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.quantity import COMMODITIES
from tariffs.engine.reading.taxes import taxes
from tariffs.engine.reading.total import total
from tariffs.engine.shape import Clock, OnChange, Tariff

RATE_TYPES = ("flat", "slab", "fixed", "seasonal", "time_based")
MAX_NAME = 120
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")
NOT_YET = {
    "tax_inclusive": "prices that include tax are not computed yet",
}


def load(text: str) -> dict[str, Any]:
    """Read a tariff file; numbers keep every digit, and a repeated field is refused.

    :raises TariffError: if it is not one JSON object
    """
    try:
        read = json.loads(
            text, parse_float=str, parse_constant=str, object_pairs_hook=_without_repeats
        )
    except TariffError:
        raise
    except (ValueError, RecursionError) as error:
        raise TariffError("", f"is not JSON: {error}") from None
    if not isinstance(read, dict):
        raise TariffError("", "must be one object { }")
    return read


def canonical(definition: Mapping[str, Any]) -> str:
    """Return the one text of a definition, whatever the order of its fields."""
    return json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(definition: Mapping[str, Any]) -> str:
    """Return what stands for the content of a definition.

    :raises TariffError: if it holds a letter that is none, half of a pair of UTF-16
    """
    try:
        return hashlib.sha256(canonical(definition).encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise TariffError("", f"has a letter that is none: {error.reason}") from None


def parse(definition: Mapping[str, Any]) -> Tariff:
    """Check a definition and freeze it.

    :raises TariffError: naming the row that cannot be priced
    """
    top = Fields(definition, "")
    top.refuse(NOT_YET)
    _format(top)
    currency = _currency(top)
    starts_on, ends_on = top.day("from"), top.day_or_none("to")
    if ends_on is not None and ends_on <= starts_on:
        raise TariffError("to", f"{ends_on} must be after {starts_on}; it is the first day without")
    seasons, bands = times.seasons(top), times.bands(top)
    codes = charge_codes(top)
    names = Names(seasons, bands, currency, bases(top, codes), codes)
    read = [charges.charge(item, path, names) for item, path in top.rows("charges")]
    if not read:
        raise TariffError("charges", "a tariff needs at least one charge")
    tariff = Tariff(
        code=top.code("code"),
        name=_name(top),
        commodity=_one_of(top, "commodity", COMMODITIES),
        rate_type=_one_of(top, "rate_type", RATE_TYPES),
        currency=currency,
        starts_on=starts_on,
        ends_on=ends_on,
        charges=order.by_base(read),
        zone=_zone(top),
        clock=top.choice("clock", Clock, Clock.WALL),
        rounding=top.choice("rounding", Rounding) if top.has("rounding") else None,
        total=total(top, names),
        on_change=top.choice("on_change", OnChange, OnChange.SPLIT),
        taxes=taxes(top, names),
        seasons=seasons,
        bands=bands,
        holidays=holidays(top),
        eligibility=_eligibility(top),
        description=top.text("description", ""),
        benefits=_benefits(top),
        change_summary=top.text("change_summary", ""),
        examples=examples(top, read, currency),
        digest=digest(definition),
    )
    top.end()
    checks.check(read, tariff)
    return tariff


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise TariffError(repeated, "is given twice in one object")
    return fields


def _format(top: Fields) -> None:
    version = top.take("format", 1)
    if version != 1 or isinstance(version, bool):
        raise TariffError("format", f"{version!r} is not known; this engine reads format 1")


def _one_of(top: Fields, name: str, values: tuple[str, ...]) -> str:
    value = top.text(name)
    if value not in values:
        raise TariffError(top.at(name), f"{value!r} must be one of {', '.join(values)}")
    return value


def _name(top: Fields) -> str:
    value = top.text("name")
    if len(value) > MAX_NAME:
        raise TariffError("name", f"is longer than {MAX_NAME} letters")
    return value


def _currency(top: Fields) -> str:
    value = top.text("currency")
    if len(value) != 3 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise TariffError("currency", f"{value!r} must be three capital letters, e.g. USD")
    return value


def _zone(top: Fields) -> ZoneInfo:
    name = top.text("zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TariffError("zone", f"{name!r} is not a time zone, e.g. America/New_York") from None


def _benefits(top: Fields) -> dict[str, str]:
    """Return for whom the tariff is good, by language."""
    fields = Fields(top.take("benefits", {}), "benefits")
    read = {}
    for name in fields.names():
        if not LANGUAGE.fullmatch(name):
            raise TariffError(fields.at(name), "must be a language, e.g. en or pt-br")
        read[name] = fields.text(name)
    return read


def _eligibility(top: Fields) -> dict[str, tuple[str, ...]]:
    fields = Fields(top.take("eligibility", {}), "eligibility")
    read = {"categories": fields.texts("categories"), "areas": fields.texts("areas")}
    fields.end()
    return read

"""Reads the format of docs/reference/plan-format.md into `PlanTerms`, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.definition import MAX_NAME, digest
from tariffs.engine.reading.fields import Fields, as_text
from tariffs.engine.reading.quantity import COMMODITIES
from tariffs.plans import charges, tax
from tariffs.plans.terms import Frequency, PlanTerms, ServiceCharge, ServiceTerms

MAX_SHORT_NAME = 15
SHORT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
MAX_SUMMARY = 2000


def read(definition: Mapping[str, Any]) -> PlanTerms:
    """Check what a plan says and freeze it.

    Whether its tariffs, categories and areas exist is checked where they are known.

    :raises TariffError: naming the row that cannot hold
    """
    top = Fields(definition, "")
    _format(top)
    starts_on, ends_on = top.day("from"), top.day_or_none("to")
    if ends_on is not None and ends_on <= starts_on:
        raise TariffError("to", f"{ends_on} must be after {starts_on}; it is the first day without")
    currency = _currency(top)
    services = _services(top)
    terms = PlanTerms(
        code=_short_name(top),
        name=_name(top),
        description=top.text("description", ""),
        frequency=top.choice("frequency", Frequency, Frequency.MONTHLY),
        currency=currency,
        starts_on=starts_on,
        ends_on=ends_on,
        tax=tax.read(top, currency),
        **_eligibility(top),
        services=services,
        charges=_charges(top, services),
        change_summary=top.text("change_summary", ""),
        digest=digest(definition),
    )
    top.end()
    return terms


def _format(top: Fields) -> None:
    version = top.take("format", 1)
    if version != 1 or isinstance(version, bool):
        raise TariffError("format", f"{version!r} is not known; plans have format 1")


def _short_name(top: Fields) -> str:
    value = top.text("code")
    if len(value) > MAX_SHORT_NAME:
        raise TariffError("code", f"is longer than {MAX_SHORT_NAME} letters")
    if not SHORT_NAME.fullmatch(value):
        raise TariffError("code", f"{value!r} must be letters, digits, - and _")
    return value


def _name(top: Fields) -> str:
    value = top.text("name").strip()
    if len(value) > MAX_NAME:
        raise TariffError("name", f"is longer than {MAX_NAME} letters")
    return value


def _currency(top: Fields) -> str:
    value = top.text("currency")
    if not re.fullmatch("[A-Z]{3}", value):
        raise TariffError("currency", f"{value!r} must be three capital letters, e.g. USD")
    return value


def _eligibility(top: Fields) -> dict[str, tuple[str, ...]]:
    fields = Fields(top.take("eligibility", {}), "eligibility")
    found = {"categories": fields.texts("categories"), "areas": fields.texts("areas")}
    fields.end()
    return found


def _services(top: Fields) -> tuple[ServiceTerms, ...]:
    found: list[ServiceTerms] = []
    for item, path in top.rows("services"):
        fields = Fields(item, path)
        service = ServiceTerms(commodity(fields), fields.text("tariff"))
        fields.end()
        if service.tariff in [other.tariff for other in found]:
            raise TariffError(f"{path}.tariff", f"{service.tariff!r} is named twice")
        found.append(service)
    if not found:
        raise TariffError("services", "a plan needs at least one service")
    return tuple(found)


def commodity(fields: Fields) -> str:
    value = as_text(fields.need("commodity"), fields.at("commodity"))
    if value not in COMMODITIES:
        raise TariffError(
            fields.at("commodity"), f"{value!r} must be one of {', '.join(COMMODITIES)}"
        )
    return value


def _charges(top: Fields, services: Sequence[ServiceTerms]) -> tuple[ServiceCharge, ...]:
    known = {service.commodity for service in services}
    found: list[ServiceCharge] = []
    for item, path in top.optional_rows("charges"):
        fields = Fields(item, path)
        own = commodity(fields) if fields.has("commodity") else ""
        if own and own not in known:
            raise TariffError(f"{path}.commodity", f"{own!r} is no service of this plan")
        charge = charges.read(fields, own, found)
        fields.end()
        found.append(charge)
    return tuple(found)

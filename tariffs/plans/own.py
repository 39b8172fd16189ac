"""The charges of a plan as tariffs of its own, which are priced beside those of its services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tariffs.plans.terms import PlanTerms, ServiceCharge

COMMON = ""  # the key of what is billed once, whatever the services
RATE_TYPE = "fixed"


def own_tariffs(
    terms: PlanTerms, totals: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """Return a tariff definition for each service that the plan charges itself, by commodity.

    What is common and a percentage is taken of each service; what is common and an amount stands
    under `COMMON` and is billed once. They have no end: who keeps an expired plan keeps them.

    :param totals: how the tariff of each service rounds the bill, which all of a bill must share
    """
    rules = totals or {}
    found = {
        commodity: _tariff(terms, commodity, charges, rules.get(commodity))
        for commodity in terms.commodities
        if (charges := [charge for charge in terms.charges if _is_of(charge, commodity)])
    }
    if once := [charge for charge in terms.charges if _is_common(charge)]:
        first = terms.commodities[0]
        found[COMMON] = _tariff(terms, first, once, rules.get(first), code=_code(terms, "common"))
    return found


def _is_common(charge: ServiceCharge) -> bool:
    return not charge.commodity and charge.charge["kind"] == "fixed"


def _is_of(charge: ServiceCharge, commodity: str) -> bool:
    if charge.commodity:
        return charge.commodity == commodity
    return not _is_common(charge)


def _tariff(
    terms: PlanTerms,
    commodity: str,
    charges: Sequence[ServiceCharge],
    total: Mapping[str, Any] | None,
    *,
    code: str = "",
) -> dict[str, Any]:
    bands = {charge.code: list(charge.windows) for charge in charges if charge.windows}
    return {
        "format": 1,
        "code": code or _code(terms, commodity),
        "name": terms.name,
        "commodity": commodity,
        "rate_type": RATE_TYPE,
        "currency": terms.currency,
        "from": terms.starts_on.isoformat(),
        "change_summary": terms.change_summary,
        **({"bands": bands} if bands else {}),
        **({"total": dict(total)} if total else {}),
        "charges": [_charge(charge) for charge in charges],
    }


def _code(terms: PlanTerms, of: str) -> str:
    return f"plan-{terms.code.lower()}-{of}"


def _charge(charge: ServiceCharge) -> dict[str, Any]:
    """Say in which hours a price holds; elsewhere it costs nothing."""
    if not charge.windows:
        return dict(charge.charge)
    price = charge.charge["price"]
    rest = {name: value for name, value in charge.charge.items() if name != "price"}
    return {**rest, "prices": [{"band": charge.code, "price": price}], "elsewhere": "free"}

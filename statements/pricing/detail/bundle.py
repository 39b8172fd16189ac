"""What prices a bill by one version of a tariff or plan, ready for sample bills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tariffs import engine, plans, queries
from tariffs.authoring import PlanBill, plan_bill
from tariffs.engine.errors import TariffError
from tariffs.models import PlanTariff, PlanVersion, TariffVersion

NOTHING = PlanBill((), ())


def bundle(version: TariffVersion | PlanVersion) -> Sequence[engine.Tariff]:
    """Return the tariffs that price it, of a plan on its first day.

    Nothing where a plan serves several commodities, which one use cannot tell, or where one of
    its tariffs does not hold on that day.
    """
    return with_taxes(version, version.starts_on).tariffs


def with_taxes(version: TariffVersion | PlanVersion, day: date) -> PlanBill:
    """Return the tariffs of `bundle`, and the taxes of a plan: its own, or the utility's on a day.

    A tariff has none beside those that it states itself.
    """
    if isinstance(version, TariffVersion):
        return PlanBill((queries.engine_tariff(version),), ())
    services = _services(version)
    if len({each["commodity"] for each in services}) != 1:
        return NOTHING
    commodity = services[0]["commodity"]
    try:
        terms = plans.read(version.definition)
        return plan_bill(terms, services, queries.taxes_on(day, commodity=commodity))
    except TariffError:
        return NOTHING


def _services(version: PlanVersion) -> list[dict[str, Any]]:
    named = version.plan_tariffs.filter(scope=PlanTariff.Scope.SERVICE).order_by("pk")
    ids, day = list(named.values_list("tariff_id", flat=True)), version.starts_on
    held = queries.versions_between(ids, day, day)
    found = [dict(held[pk][0][2].definition) for pk in ids if held[pk]]
    return found if len(found) == len(ids) else []

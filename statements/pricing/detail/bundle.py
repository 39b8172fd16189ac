"""What prices a bill by one version of a tariff or plan, ready for sample bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tariffs import engine, plans, queries
from tariffs.authoring import plan_bill
from tariffs.engine.errors import TariffError
from tariffs.models import PlanTariff, PlanVersion, TariffVersion


def bundle(version: TariffVersion | PlanVersion) -> Sequence[engine.Tariff]:
    """Return the tariffs that price it, of a plan on its first day.

    Nothing where a plan serves several commodities, which one use cannot tell, or where one of
    its tariffs does not hold on that day.
    """
    if isinstance(version, TariffVersion):
        return [queries.engine_tariff(version)]
    services = _services(version)
    if len({each["commodity"] for each in services}) != 1:
        return []
    try:
        return plan_bill(plans.read(version.definition), services).tariffs
    except TariffError:
        return []


def _services(version: PlanVersion) -> list[dict[str, Any]]:
    named = version.plan_tariffs.filter(scope=PlanTariff.Scope.SERVICE).order_by("pk")
    ids, day = list(named.values_list("tariff_id", flat=True)), version.starts_on
    held = queries.versions_between(ids, day, day)
    found = [dict(held[pk][0][2].definition) for pk in ids if held[pk]]
    return found if len(found) == len(ids) else []

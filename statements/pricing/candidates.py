"""The plans that an agreement may have from a day on."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from meters.models import CustomerAgreement
from statements.operations.fitting import NotAssignable, refuse_misfit
from tariffs.models import PlanTariff, PlanVersion


def fitting_plans(agreement: CustomerAgreement, day: date) -> list[PlanVersion]:
    """Return the versions of plans that fit an agreement on a day, by the name of the plan.

    The rules are those by which plans are given; a few queries for each plan of the service.
    """
    held = PlanVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day),
        starts_on__lte=day,
        plan__is_active=True,
        plan_tariffs__scope=PlanTariff.Scope.SERVICE,
        plan_tariffs__tariff__commodity=agreement.usage_point.commodity,
    )
    ordered = held.distinct().select_related("plan").order_by("plan__name", "-starts_on", "-pk")
    latest: dict[int, PlanVersion] = {}
    for version in ordered.prefetch_related("categories"):
        latest.setdefault(version.plan_id, version)
    return [version for version in latest.values() if _fits(agreement, version, day)]


def _fits(agreement: CustomerAgreement, version: PlanVersion, day: date) -> bool:
    try:
        refuse_misfit(agreement, version, day)
    except NotAssignable:
        return False
    return True

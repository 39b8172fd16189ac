"""The plans that an agreement may have from a day on, and why it may not have the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from meters.models import CustomerAgreement
from statements.operations.fitting import NotAssignable, refuse_misfit
from tariffs.models import PlanTariff, PlanVersion


@dataclass(frozen=True)
class Candidate:
    """A plan of the service; `why_not` says why it does not fit, or is empty."""

    version: PlanVersion
    why_not: str


def candidates(agreement: CustomerAgreement, day: date) -> list[Candidate]:
    """Return every plan of the service that is offered on a day, by name, and whether it fits.

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
    return [Candidate(each, _why_not(agreement, each, day)) for each in latest.values()]


def fitting_plans(agreement: CustomerAgreement, day: date) -> list[PlanVersion]:
    """Return the versions of plans that fit an agreement on a day, by the name of the plan."""
    return [each.version for each in candidates(agreement, day) if not each.why_not]


def _why_not(agreement: CustomerAgreement, version: PlanVersion, day: date) -> str:
    try:
        refuse_misfit(agreement, version, day)
    except NotAssignable as error:
        return str(error)
    return ""

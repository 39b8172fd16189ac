"""The plans that an agreement may have from a day on, and why it may not have the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from meters.models import CustomerAgreement
from statements.operations.fitting import misfits
from tariffs.models import PlanTariff, PlanVersion


@dataclass(frozen=True)
class Candidate:
    """A plan of the service; `why_not` says why it does not fit, or is empty."""

    version: PlanVersion
    why_not: str


def candidates(agreement: CustomerAgreement, day: date) -> list[Candidate]:
    """Return every plan of the service that is offered on a day, by name, and whether it fits.

    The rules are those by which plans are given; the number of queries is always the same.
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
    for version in ordered:
        latest.setdefault(version.plan_id, version)
    why_not = misfits(agreement, latest.values(), day)
    return [Candidate(each, why_not[each.pk]) for each in latest.values()]


def fitting_plans(agreement: CustomerAgreement, day: date) -> list[PlanVersion]:
    """Return the versions of plans that fit an agreement on a day, by the name of the plan."""
    return [each.version for each in candidates(agreement, day) if not each.why_not]

"""Giving an agreement a plan: one operation, never two plans at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from meters.models import CustomerAgreement
from statements.models import PlanAssignment
from tariffs.models import IN_FORCE, PlanVersion


class NotAssignable(ValueError):
    """The plan does not fit the agreement, or is not in force."""


@transaction.atomic
def assign_plan(
    agreement: CustomerAgreement,
    plan_version: PlanVersion,
    *,
    starts_at: datetime,
    actor: User | None,
) -> PlanAssignment:
    """Put the agreement on a plan from a moment on; the plan before ends there.

    :raises NotAssignable: if the commodity differs, or the plan version is not published
    """
    commodity = agreement.usage_point.commodity
    if not plan_version.plan_tariffs.filter(tariff__commodity=commodity).exists():
        raise NotAssignable(f"{plan_version} has no tariff for {commodity}")
    if plan_version.state not in IN_FORCE:
        raise NotAssignable(f"{plan_version} is not published")
    running = PlanAssignment.objects.filter(agreement=agreement, ends_at=None)
    for before in running.exclude(starts_at__gte=starts_at):
        before.ends_at = starts_at
        before.save()
    given = PlanAssignment.objects.create(
        agreement=agreement, plan_version=plan_version, starts_at=starts_at
    )
    audit("plan.assign", given, actor=actor, account=agreement.account)
    return given

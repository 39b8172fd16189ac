"""Giving an agreement a plan: one operation, never two plans at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant, User
from accounts.operations import audit
from core import formats
from core.periods import local_date, midnight
from meters.models import CustomerAgreement
from statements.models import PlanAssignment, StatementCoverage
from statements.operations.fitting import NotAssignable, refuse_misfit
from tariffs.models import Plan, PlanVersion

__all__ = ["NotAssignable", "assign_plan", "next_cycle", "version_on"]


@transaction.atomic
def assign_plan(
    agreement: CustomerAgreement,
    plan_version: PlanVersion,
    *,
    starts_at: datetime,
    actor: User | None,
    reason: str = "",
    grant: AssistanceGrant | None = None,
) -> PlanAssignment:
    """Put the agreement on a plan from a moment on; the plan before ends there.

    A plan that was to follow later gives way: what is said last holds. A moment before the
    agreement stands for its first.

    :param grant: the help session in which an employee does it

    :raises NotAssignable: if the plan is not offered on that day, is for other customers or
        services, is the one it has, or time would change that an issued statement covers
    """
    held = CustomerAgreement.objects.select_for_update(of=("self",)).select_related(
        "account", "usage_point__location"
    )
    agreement = held.get(pk=agreement.pk)
    starts_at = max(starts_at, agreement.starts_at)
    if agreement.ends_at is not None and starts_at >= agreement.ends_at:
        raise NotAssignable(_("The agreement does not hold at that time."))
    day = local_date(starts_at, agreement.usage_point.location.zone)
    refuse_misfit(agreement, plan_version, day)
    _refuse_billed(agreement, starts_at)
    given = _give(agreement, plan_version, starts_at)
    told = {"plan": str(plan_version), "starts_at": starts_at.isoformat()}
    audit(
        "plan.assign",
        given,
        actor=actor,
        account=agreement.account,
        grant=grant,
        detail={**told, **({"reason": reason} if reason else {})},
    )
    return given


def version_on(plan: Plan, day: date) -> PlanVersion | None:
    """Return the version of a plan that is in force on a day."""
    reaching = plan.versions.in_force().filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
    return reaching.filter(starts_on__lte=day).first()


def next_cycle(agreement: CustomerAgreement, *, now: datetime) -> datetime:
    """Return the first moment of the next billing period; a month of the place is one."""
    zone = agreement.usage_point.location.zone
    today = local_date(now, zone)
    return midnight((today.replace(day=1) + timedelta(days=32)).replace(day=1), zone)


def _give(
    agreement: CustomerAgreement, plan_version: PlanVersion, starts_at: datetime
) -> PlanAssignment:
    own = PlanAssignment.objects.filter(agreement=agreement)
    own.filter(starts_at__gte=starts_at).delete()
    reaching = own.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at))
    for before in reaching.select_related("plan_version__plan"):
        if before.plan_version.plan_id == plan_version.plan_id:
            raise NotAssignable(_("It has %s already.") % before.plan_version.plan)
        before.ends_at = starts_at
        before.save()
    return PlanAssignment.objects.create(
        agreement=agreement, plan_version=plan_version, starts_at=starts_at
    )


def _refuse_billed(agreement: CustomerAgreement, starts_at: datetime) -> None:
    covered = StatementCoverage.objects.filter(agreement=agreement, live=True)
    until = covered.aggregate(until=Max("ends_at"))["until"]
    if until is not None and starts_at < until:
        last = local_date(until, agreement.usage_point.location.zone) - timedelta(days=1)
        raise NotAssignable(_("It is already billed up to %s.") % formats.day(last))

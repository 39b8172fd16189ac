"""Ending prices and plans by a day that no issued statement has passed, or before they begin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from statements.models import PlanAssignment
from statements.operations.publish import Version, billed_until, plan_billed_until
from tariffs import operations
from tariffs.models import PlanTariff, PlanVersion, TariffVersion


@transaction.atomic
def schedule_end(
    version: Version,
    ends_on: date,
    *,
    actor: User | None,
    at: datetime,
    today: date,
    reason: str = "",
) -> None:
    """Set or shorten the end of a version in force.

    :param ends_on: the first day without it
    :param today: the day where the utility is
    :raises tariffs.operations.NotPossible, AlreadyBilled: as `tariffs.operations.schedule_end`
    """
    if isinstance(version, TariffVersion):
        billed = billed_until(version.tariff)
    else:
        billed = plan_billed_until(version.plan)
    operations.schedule_end(
        version,
        ends_on,
        actor=actor,
        at=at,
        today=today,
        reason=reason,
        billed_until=billed,
    )


@transaction.atomic
def withdraw(version: Version, *, actor: User, at: datetime, today: date, reason: str) -> None:
    """Take back a version that has not begun, unless somebody would be left without prices.

    :param today: the day where the utility is
    :raises tariffs.operations.NotPossible: as `tariffs.operations.withdraw`, and where a customer
        is to have the plan, or a plan names the tariff, on days that nothing else prices then
    """
    operations.withdraw(version, actor=actor, at=at, today=today, reason=reason)
    if isinstance(version, TariffVersion):
        _refuse_named(version)
    else:
        _refuse_held(version)


def _refuse_held(version: PlanVersion) -> None:
    reaching = Q(ends_at__isnull=True) | Q(ends_at__date__gt=version.starts_on)
    held = PlanAssignment.objects.filter(reaching, plan_version__plan=version.plan_id)
    if held.exists() and not _goes_on(version, version.plan.versions.in_force()):
        raise operations.NotPossible(
            _("Customers are to have %s: give them another plan first.") % version.plan
        )


def _refuse_named(version: TariffVersion) -> None:
    named = PlanTariff.objects.filter(
        tariff=version.tariff_id, plan_version__in=PlanVersion.objects.in_force()
    ).exclude(plan_version__ends_on__lte=version.starts_on)
    row = named.select_related("plan_version__plan").first()
    if row is not None and not _goes_on(version, version.tariff.versions.in_force()):
        words = {"plan": row.plan_version, "version": version}
        raise operations.NotPossible(
            _("%(plan)s has no prices without %(version)s: withdraw or end the plan first.") % words
        )


def _goes_on(version: Version, others: Any) -> bool:
    """Say whether another version holds on the day on which this one would have begun."""
    begun = others.filter(starts_on__lte=version.starts_on)
    found = begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=version.starts_on))
    return bool(found.exists())

"""Tariffs and plans that end, and plans that outlive their tariffs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from tariffs.models import IN_FORCE, Plan, PlanTariff, PlanVersion, Tariff, TariffVersion
from tariffs.status import ItemStatus, with_status

HORIZONS = (30, 60, 90)  # days
SOON = timedelta(days=90)


def plans() -> QuerySet[Plan]:
    return Plan.objects.all()


def tariffs() -> QuerySet[Tariff]:
    """Return the tariffs that plans name; the charges of plans and discounts are none of them."""
    return Tariff.objects.filter(role=Tariff.Role.OFFERED)


def with_end(items: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Return tariffs or plans with `status`, and with `ends` when the last version does.

    `ends` is the first day without it, and None while no end is set.
    """
    return with_status(items, today).annotate(ends=Subquery(_last_end(items.model, "pk")))


def expiring(items: QuerySet[Any], today: date, within: int) -> QuerySet[Any]:
    """Return what is active and ends in so many days from today, with no version after it."""
    last = today + timedelta(days=within)
    return with_end(items, today).filter(status=ItemStatus.ACTIVE, ends__lte=last)


def plans_losing_a_tariff(today: date) -> QuerySet[Plan]:
    """Return plans one of whose tariffs ends before they do, or in 90 days, and goes not on."""
    rows = (
        PlanTariff.objects.filter(
            Q(plan_version__ends_on__isnull=True) | Q(plan_version__ends_on__gt=today),
            plan_version__plan=OuterRef("pk"),
            plan_version__state__in=IN_FORCE,
            scope=PlanTariff.Scope.SERVICE,
        )
        .annotate(ends=Subquery(_last_end(Tariff, "tariff_id")))
        .filter(
            Q(ends__lte=today + SOON)
            | Q(ends__isnull=False, plan_version__ends_on__isnull=True)
            | Q(ends__lt=F("plan_version__ends_on"))
        )
    )
    offered = with_status(plans(), today).filter(
        status__in=[ItemStatus.ACTIVE, ItemStatus.SCHEDULED]
    )
    return offered.filter(Exists(rows))


def _last_end(model: type[Any], outer: str) -> QuerySet[Any, Any]:
    versions: QuerySet[Any]
    if model is Plan:
        versions = PlanVersion.objects.in_force().filter(plan=OuterRef(outer))
    else:
        versions = TariffVersion.objects.in_force().filter(tariff=OuterRef(outer))
    return versions.order_by(F("ends_on").desc(nulls_first=True)).values("ends_on")[:1]

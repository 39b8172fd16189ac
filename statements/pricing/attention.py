"""What of the price book needs somebody: drafts that lie, services without a price."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from meters.models import CustomerAgreement
from statements.pricing import ending
from statements.pricing.subscribers import as_the_day_begins
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.status import ItemStatus, with_status

OLD = timedelta(days=30)


def old_tariff_drafts(today: date) -> QuerySet[TariffVersion]:
    """Return the drafts of tariffs that were begun more than 30 days ago."""
    return TariffVersion.objects.filter(
        state=VersionState.DRAFT,
        tariff__role=Tariff.Role.OFFERED,
        created_at__lt=as_the_day_begins(today - OLD),
    )


def old_plan_drafts(today: date) -> QuerySet[PlanVersion]:
    """Return the drafts of plans that were begun more than 30 days ago."""
    return PlanVersion.objects.filter(
        state=VersionState.DRAFT, created_at__lt=as_the_day_begins(today - OLD)
    )


def tariffs_in_review() -> QuerySet[Tariff]:
    """Return the tariffs of which a version waits for a second person."""
    return ending.tariffs().filter(versions__state=VersionState.IN_REVIEW).distinct()


def discounts_in_review() -> QuerySet[Tariff]:
    """Return the discounts of which a version waits for a second person."""
    discounts = Tariff.objects.filter(role=Tariff.Role.DISCOUNT)
    return discounts.filter(versions__state=VersionState.IN_REVIEW).distinct()


def plans_in_review() -> QuerySet[Plan]:
    """Return the plans of which a version waits for a second person."""
    return ending.plans().filter(versions__state=VersionState.IN_REVIEW).distinct()


def services_without_a_tariff(today: date) -> QuerySet[CustomerAgreement, str]:
    """Return the services that are delivered today, but that no active tariff prices."""
    now = as_the_day_begins(today)
    active = with_status(ending.tariffs(), today).filter(status=ItemStatus.ACTIVE)
    held = CustomerAgreement.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now
    )
    unpriced = held.filter(~Exists(active.filter(commodity=OuterRef("usage_point__commodity"))))
    commodities = unpriced.values_list("usage_point__commodity", flat=True)
    return commodities.distinct().order_by("usage_point__commodity")

"""What can be compared and for whom: the choices of the form that starts a shadow run."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Commodity, ConsumerCategory, ServiceArea
from statements.pricing.shadow.draft import Draft
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState

OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)
TARIFF, PLAN = "tariff", "plan"
Choices = list[tuple[str, str]]


def drafts() -> list[tuple[str, Choices]]:
    """Return the drafts of tariffs and plans, also those in review, in groups."""
    tariffs = TariffVersion.objects.filter(state__in=OPEN).exclude(tariff__role=Tariff.Role.PLAN)
    plans = PlanVersion.objects.filter(state__in=OPEN)
    groups = [
        (_("Tariffs"), named(tariffs.select_related("tariff").order_by("tariff__name", "number"))),
        (_("Plans"), named(plans.select_related("plan").order_by("plan__name", "number"))),
    ]
    return [group for group in groups if group[1]]


def named(versions: Iterable[Draft]) -> Choices:
    """Return versions as choices."""
    return [(key_of(each), str(each)) for each in versions]


def key_of(version: Draft) -> str:
    """Return how a form or an address names a version."""
    return f"{TARIFF if isinstance(version, TariffVersion) else PLAN}:{version.pk}"


def version_of(key: str) -> Draft:
    """Return the version that a form names, with its tariff or plan.

    :raises LookupError: if there is none
    """
    kind, _colon, pk = key.partition(":")
    found: Draft | None
    if kind == TARIFF:
        found = TariffVersion.objects.select_related("tariff").filter(pk=int(pk)).first()
    else:
        found = PlanVersion.objects.select_related("plan").filter(pk=int(pk)).first()
    if found is None:
        raise LookupError(key)
    return found


def plans() -> Choices:
    """Return all plans by name."""
    return list(Plan.objects.order_by("name").values_list("code", "name"))


def categories() -> Choices:
    """Return the main categories, each followed by its sub-categories."""
    rows = ConsumerCategory.objects.select_related("parent")
    named = [(f"{row.parent}: {row}" if row.parent else str(row), row.code) for row in rows]
    return [(code, name) for name, code in sorted(named)]


def areas() -> Choices:
    """Return the service areas with their service."""
    rows = ServiceArea.objects.select_related("parent")
    named = [(f"{Commodity(row.commodity).label}: {row.name}", row.code) for row in rows]
    return [(code, name) for name, code in sorted(named)]

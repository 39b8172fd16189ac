"""Which versions of the price book go into a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from tariffs.models import IN_FORCE, Plan, PlanTariff, PlanVersion, Tariff, TariffVersion
from tariffs.models import VersionState as State


class Which(TextChoices):
    """Which versions of what is chosen."""

    HOLDING = "holding", _("In force now or later")
    ALL = "all", _("All but those withdrawn")
    DRAFTS = "drafts", _("Not in force yet: drafts and in review")


@dataclass(frozen=True)
class Terms:
    """What a file holds; what is empty narrows nothing."""

    which: Which = Which.HOLDING
    service: str = ""
    rate_type: str = ""
    words: str = ""
    codes: Collection[str] = ()  # of tariffs
    plan_codes: Collection[str] = ()


def tariff_versions(
    tariffs: QuerySet[Tariff], terms: Terms, *, today: date
) -> QuerySet[TariffVersion]:
    """Return the versions of these tariffs that the terms name."""
    found = tariffs.filter(_words(terms))
    if terms.codes or terms.plan_codes:
        found = found.filter(code__in=terms.codes)
    if terms.service:
        found = found.filter(commodity=terms.service)
    versions = TariffVersion.objects.filter(_state(terms.which, today), tariff__in=found)
    return versions.filter(rate_type=terms.rate_type) if terms.rate_type else versions


def plan_versions(plans: QuerySet[Plan], terms: Terms, *, today: date) -> QuerySet[PlanVersion]:
    """Return the versions of these plans; those of a service have a tariff for it."""
    found = plans.filter(_words(terms))
    if terms.codes or terms.plan_codes:
        found = found.filter(code__in=terms.plan_codes)
    versions = PlanVersion.objects.filter(_state(terms.which, today), plan__in=found)
    if terms.service:
        parts = PlanTariff.objects.filter(
            scope=PlanTariff.Scope.SERVICE, tariff__commodity=terms.service
        )
        versions = versions.filter(pk__in=parts.values("plan_version"))
    return versions


def _words(terms: Terms) -> Q:
    words = terms.words.strip()
    return Q(name__icontains=words) | Q(code__icontains=words) if words else Q()


def _state(which: Which, today: date) -> Any:
    if which is Which.DRAFTS:
        return Q(state__in=(State.DRAFT, State.IN_REVIEW))
    if which is Which.ALL:
        return ~Q(state=State.WITHDRAWN)
    return Q(state__in=IN_FORCE) & (Q(ends_on__isnull=True) | Q(ends_on__gt=today))

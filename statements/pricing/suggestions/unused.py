"""Tariffs that no plan names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from statements.pricing import ending
from statements.pricing.suggestions.found import Code, Suggestion
from tariffs.models import PlanTariff, Tariff, VersionState
from tariffs.status import ItemStatus, with_status


def in_no_plan(today: date) -> QuerySet[Tariff]:
    """Return offered tariffs that no plan names, today or later, not even in a draft."""
    named = PlanTariff.objects.filter(
        Q(plan_version__ends_on__isnull=True) | Q(plan_version__ends_on__gt=today),
        tariff=OuterRef("pk"),
    ).exclude(plan_version__state=VersionState.WITHDRAWN)
    offered = with_status(ending.tariffs(), today).filter(
        status__in=[ItemStatus.ACTIVE, ItemStatus.SCHEDULED]
    )
    return offered.filter(~Exists(named)).order_by("name", "pk")


def unused_tariffs(today: date) -> Iterator[Suggestion]:
    """Yield each tariff in no plan."""
    for tariff in in_no_plan(today):
        yield Suggestion(
            code=Code.UNUSED_TARIFF,
            objects=(tariff,),
            evidence={"plans": 0},
            why=_("%(tariff)s is published, but no plan names it.") % {"tariff": tariff},
            effect=_("No customer can have its prices."),
            act=_("Put it into a plan, or deactivate it."),
        )

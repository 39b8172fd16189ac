"""How the lists of tariffs and plans are narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import ConsumerCategory
from statements.pricing.attention import old_plan_drafts, old_tariff_drafts
from statements.pricing.ending import expiring, plans_losing_a_tariff
from tariffs.models import EligibilityKey, Plan, PlanCategory, PlanTariff

Rows = QuerySet[Any]
OLD_DRAFT, LOSING = "old-draft", "losing"


def by_words(rows: Rows, said: str) -> Rows:
    """Narrow to those whose name, code or tag holds the words."""
    words = said.strip()
    return rows.filter(
        Q(name__icontains=words) | Q(code__icontains=words) | Q(tags__icontains=words)
    )


def by_status(rows: Rows, said: str) -> Rows:
    return rows.filter(status=said)


def by_service(rows: Rows, said: str) -> Rows:
    """Narrow tariffs to those of a service, plans to those that have it."""
    if rows.model is not Plan:
        return rows.filter(commodity=said)
    having = PlanTariff.objects.filter(
        plan_version=OuterRef("shown_id"),
        scope=PlanTariff.Scope.SERVICE,
        tariff__commodity=said,
    )
    return rows.filter(Exists(having))


def by_category(rows: Rows, said: str) -> Rows:
    """Narrow to those that customers of a category may have."""
    if rows.model is Plan:
        named = PlanCategory.objects.filter(plan_version=OuterRef("shown_id"))
        return rows.filter(~Exists(named) | Exists(named.filter(category__code=said)))
    keys = EligibilityKey.objects.filter(version=OuterRef("shown_id"), category__code=said)
    return rows.filter(Exists(keys))


def ending(today: date) -> Any:
    """Return how rows are narrowed to those that end within some days."""

    def narrow(rows: Rows, said: str) -> Rows:
        due = expiring(rows.model.objects.all(), today, int(said))
        return rows.filter(pk__in=due.values("pk"))

    return narrow


def needing(today: date) -> Any:
    """Return how rows are narrowed to those that somebody should look at."""

    def narrow(rows: Rows, said: str) -> Rows:
        is_plans = rows.model is Plan
        if said == LOSING:
            found = plans_losing_a_tariff(today).values("pk") if is_plans else ()
            return rows.filter(pk__in=found)
        drafts = old_plan_drafts(today) if is_plans else old_tariff_drafts(today)
        return rows.filter(pk__in=drafts.values("plan" if is_plans else "tariff"))

    return narrow


def categories() -> list[tuple[str, str]]:
    """Return the sub-categories with their main category, as choices."""
    found = ConsumerCategory.objects.filter(parent__isnull=False).select_related("parent")
    return [(row.code, f"{row.parent}: {row}") for row in found.order_by("parent__name", "name")]


def last_day(ends_on: date | None) -> date | None:
    """Return the last day that is included, as people read it."""
    return ends_on and ends_on - timedelta(days=1)

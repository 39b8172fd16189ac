"""How the lists of tariffs and plans are narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import ConsumerCategory, ServiceArea
from statements.pricing.attention import (
    old_plan_drafts,
    old_tariff_drafts,
    plans_in_review,
    tariffs_in_review,
)
from statements.pricing.ending import expiring, plans_losing_a_tariff
from statements.pricing.suggestions.unused import in_no_plan
from tariffs.models import EligibilityKey, Plan, PlanArea, PlanCategory, PlanTariff

Rows = QuerySet[Any]
OLD_DRAFT, IN_REVIEW, LOSING, UNUSED = "old-draft", "in-review", "losing", "unused"


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
    """Narrow to those that customers of a category, or of one in it, may have."""
    wanted = Q(category__code=said) | Q(category__parent__code=said)
    if rows.model is Plan:
        named = PlanCategory.objects.filter(plan_version=OuterRef("shown_id"))
        above = Q(category__subcategories__code=said)
        return rows.filter(~Exists(named) | Exists(named.filter(wanted | above)))
    keys = EligibilityKey.objects.filter(version=OuterRef("shown_id"))
    return rows.filter(Exists(keys.filter(wanted)))


def by_area(rows: Rows, said: str) -> Rows:
    """Narrow to those that a service area, or one in it, may have."""
    area = ServiceArea.objects.filter(code=said).first()
    if area is None:
        return rows.none()
    below, service = {area.pk, *_parts(area)}, area.commodity
    if rows.model is not Plan:
        keys = EligibilityKey.objects.filter(version=OuterRef("shown_id"), area_id__in=below)
        return rows.filter(Exists(keys))
    named = PlanArea.objects.filter(plan_version=OuterRef("shown_id"), area__commodity=service)
    while area := area.parent:
        below.add(area.pk)
    fitting = ~Exists(named) | Exists(named.filter(area_id__in=below))
    return by_service(rows, service).filter(fitting)


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
        if said == UNUSED:
            return rows.filter(pk__in=() if is_plans else in_no_plan(today).values("pk"))
        if said == IN_REVIEW:
            waiting = plans_in_review() if is_plans else tariffs_in_review()
            return rows.filter(pk__in=waiting.values("pk"))
        drafts = old_plan_drafts(today) if is_plans else old_tariff_drafts(today)
        return rows.filter(pk__in=drafts.values("plan" if is_plans else "tariff"))

    return narrow


def categories() -> list[tuple[str, str]]:
    """Return the categories, each main one before its sub-categories, as choices."""
    found = ConsumerCategory.objects.select_related("parent")
    in_turn = sorted(found, key=lambda row: (str(row.parent or row), bool(row.parent), str(row)))
    return [(row.code, f"{row.parent}: {row}" if row.parent else str(row)) for row in in_turn]


def areas() -> list[tuple[str, str]]:
    """Return the service areas with their service, as choices."""
    found = ServiceArea.objects.order_by("commodity", "name", "pk")
    return [(row.code, row.with_service) for row in found]


def _parts(area: ServiceArea) -> list[int]:
    """Return the areas that lie within one."""
    found, at = list[int](), [area.pk]
    while at:
        at = list(ServiceArea.objects.filter(parent__in=at).values_list("pk", flat=True))
        found += at
    return found


def last_day(ends_on: date | None) -> date | None:
    """Return the last day that is included, as people read it."""
    return ends_on and ends_on - timedelta(days=1)

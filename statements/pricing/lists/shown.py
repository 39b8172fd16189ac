"""Which version of a tariff or plan a list shows: that of today, else the next, else the last."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from statements.pricing.recent import by_last_change
from tariffs.models import IN_FORCE, Plan, PlanVersion, TariffVersion
from tariffs.status import with_status

HOLDS, COMES, ENDED, WRITTEN = range(4)


def with_shown(items: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Return tariffs or plans with `status`, `changed_at`, and of the version that is shown:
    `shown_id`, `number`, `starts_on`, `ends_on`.

    :param today: the day where the utility is
    """
    best = _versions(items.model, today)
    return with_status(by_last_change(items), today).annotate(
        shown_id=Subquery(best.values("pk")[:1]),
        number=Subquery(best.values("number")[:1]),
        starts_on=Subquery(best.values("starts_on")[:1]),
        ends_on=Subquery(best.values("ends_on")[:1]),
        **_of_tariffs(items.model, best),
    )


def _of_tariffs(model: type[Any], best: QuerySet[Any]) -> dict[str, Any]:
    return {} if model is Plan else {"rate_type": Subquery(best.values("rate_type")[:1])}


def _versions(model: type[Any], today: date) -> QuerySet[Any]:
    """Return the versions of the outer row, the one to show first."""
    versions: QuerySet[Any]
    if model is Plan:
        versions = PlanVersion.objects.filter(plan=OuterRef("pk"))
    else:
        versions = TariffVersion.objects.filter(tariff=OuterRef("pk"))
    reaches = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    place = Case(
        When(reaches, state__in=IN_FORCE, starts_on__lte=today, then=Value(HOLDS)),
        When(reaches, state__in=IN_FORCE, then=Value(COMES)),
        When(state__in=IN_FORCE, then=Value(ENDED)),
        default=Value(WRITTEN),
        output_field=IntegerField(),
    )
    return versions.annotate(place=place).order_by("place", "-number")

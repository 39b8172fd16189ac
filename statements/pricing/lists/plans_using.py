"""How many plans use a tariff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Count

from tariffs.models import IN_FORCE, PlanTariff


def plans_using(tariff_ids: Collection[int]) -> Counter[int]:
    """Count the plans that name each tariff in a version that was published; one query."""
    rows = PlanTariff.objects.filter(
        tariff__in=list(tariff_ids),
        scope=PlanTariff.Scope.SERVICE,
        plan_version__state__in=IN_FORCE,
    )
    counted = rows.values("tariff_id").order_by()
    found = counted.annotate(count=Count("plan_version__plan", distinct=True))
    return Counter({row["tariff_id"]: row["count"] for row in found})

"""Whether the tariffs of a plan hold when it starts, and serve the customers it is for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import ConsumerCategory, ServiceArea
from core import formats
from tariffs.models import PlanTariff, PlanVersion, Tariff, TariffVersion
from tariffs.operations.publish import NotPublishable


class Misfit(NotPublishable):
    """A tariff of the plan does not hold on its first day, or does not serve its customers."""


def refuse_misfits(draft: PlanVersion) -> None:
    """Refuse tariffs that are not offered, have no version on the first day, or serve others.

    :raises Misfit: naming the tariff, and the category or area that it does not serve
    """
    for tariff in _services(draft):
        if not tariff.is_active:
            raise Misfit(_("%(tariff)s is not offered any more.") % {"tariff": tariff})
        version = _version_on_first_day(tariff, draft)
        _refuse_other_categories(version, draft)
        _refuse_other_areas(version, draft)


def totals_of(draft: PlanVersion) -> dict[str, Mapping[str, Any]]:
    """Return how the tariffs of the services round a bill, by commodity."""
    found = {}
    for tariff in _services(draft):
        rule = _version_on_first_day(tariff, draft).definition.get("total")
        if rule:
            found[tariff.commodity] = rule
    return found


def _services(draft: PlanVersion) -> list[Tariff]:
    rows = draft.plan_tariffs.filter(scope=PlanTariff.Scope.SERVICE).select_related("tariff")
    return [row.tariff for row in rows.order_by("pk")]


def _version_on_first_day(tariff: Tariff, draft: PlanVersion) -> TariffVersion:
    day = draft.starts_on
    holding = TariffVersion.objects.in_force().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day), tariff=tariff, starts_on__lte=day
    )
    found = holding.select_related("tariff").first()
    if found:
        return found
    ended = TariffVersion.objects.in_force().filter(tariff=tariff, ends_on__lte=day)
    if last := ended.aggregate(day=Max("ends_on"))["day"]:
        words = {"tariff": tariff, "day": formats.day(last - timedelta(days=1))}
        raise Misfit(_("%(tariff)s has expired; its last day was %(day)s.") % words)
    words = {"tariff": tariff, "day": formats.day(day)}
    raise Misfit(_("%(tariff)s has no version in force on %(day)s.") % words)


def _refuse_other_categories(version: TariffVersion, draft: PlanVersion) -> None:
    served = version.definition.get("eligibility", {}).get("categories", ())
    for row in draft.categories.select_related("category__parent").order_by("category__code"):
        if served and not _is_among(row.category, served):
            words = {"tariff": version.tariff, "category": row.category}
            raise Misfit(_("%(tariff)s does not serve %(category)s.") % words)


def _refuse_other_areas(version: TariffVersion, draft: PlanVersion) -> None:
    served = version.definition.get("eligibility", {}).get("areas", ())
    areas = draft.areas.filter(area__commodity=version.tariff.commodity)
    for row in areas.select_related("area__parent").order_by("area__code"):
        if served and not _is_among(row.area, served):
            words = {"tariff": version.tariff, "area": row.area}
            raise Misfit(_("%(tariff)s does not serve %(area)s.") % words)


def _is_among(node: ConsumerCategory | ServiceArea | None, codes: Collection[str]) -> bool:
    """Say whether a category or area, or one that it lies in, is named.

    Read from the definition: one that was added later has no row of eligibility.
    """
    while node is not None:
        if node.code in codes:
            return True
        node = node.parent
    return False

"""Where tariffs and plans are in use, in words: the plans that name them, who has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import ngettext

from core import formats
from statements.pricing.subscribers import subscribers
from tariffs.models import IN_FORCE, Plan, PlanTariff, Tariff

NAMED = 3


def in_use(items: Sequence[Tariff | Plan], at: datetime) -> dict[int, str]:
    """Return by key where each of the items is used; empty for one that is not.

    :param items: all tariffs or all plans
    """
    if items and isinstance(items[0], Plan):
        have = subscribers([item.pk for item in items], at).by_plan
        return {item.pk: _had(have[item.pk]) for item in items}
    have, plans = subscribers(None, at).by_tariff, _plans([item.pk for item in items])
    return {
        item.pk: " ".join(filter(None, [_named(plans[item.pk]), _had(have[item.pk])]))
        for item in items
    }


def _plans(keys: Sequence[int]) -> dict[int, list[str]]:
    rows = PlanTariff.objects.filter(
        tariff__in=keys, scope=PlanTariff.Scope.SERVICE, plan_version__state__in=IN_FORCE
    )
    found: dict[int, list[str]] = defaultdict(list)
    names = rows.values_list("tariff_id", "plan_version__plan__name").distinct()
    for key, name in names.order_by("plan_version__plan__name"):
        found[key].append(name)
    return found


def _named(plans: Sequence[str]) -> str:
    if not plans:
        return ""
    shown = ", ".join(plans[:NAMED]) + (" …" if len(plans) > NAMED else "")
    told = ngettext(
        "%(count)s plan uses it: %(plans)s.", "%(count)s plans use it: %(plans)s.", len(plans)
    )
    return told % {"count": formats.number(len(plans)), "plans": shown}


def _had(count: int) -> str:
    if not count:
        return ""
    told = ngettext("%(count)s customer has it.", "%(count)s customers have it.", count)
    return told % {"count": formats.number(count)}

"""Putting a category or area below another one, while that changes nobody's prices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AccountCategory, ConsumerCategory, ServiceArea, User
from accounts.operations import audit
from meters.models import LocationArea
from statements.operations.served.changing import (
    NOUNS,
    Node,
    NotServed,
    below,
    refuse_parent,
)
from tariffs.models import IN_FORCE, EligibilityKey, Plan, PlanVersion, Tariff
from tariffs.operations import eligibility


@transaction.atomic
def move(node: Node, parent: Node | None, *, actor: User | None, today: date) -> None:
    """Let it belong to another, or to none.

    Prices and bills ask what it belongs to: where that makes a difference, one adds another there
    and merges this one into it, from a day on.

    :raises NotServed: if somebody has had it, or prices serve the one and not the other
    """
    eligibility.hold()
    node = type(node).objects.select_for_update().get(pk=node.pk)
    before = node.parent
    if node.parent_id == (parent.pk if parent else None):
        raise NotServed(_("It belongs there already."))
    _refuse_place(node, parent)
    if _was_used(node):
        raise NotServed(
            _("Somebody has it: add another one there, and merge %s into it.") % node
        )  # fmt: skip
    if other := _differing(node, before, parent, today):
        words = {"item": other, "one": node}
        raise NotServed(_("%(item)s would not serve %(one)s as it does now.") % words)
    node.parent = parent
    node.save(update_fields=["parent"])
    detail = {"before": before and before.code, "after": parent and parent.code}
    audit(f"{NOUNS[type(node)]}.moved", node, actor=actor, detail=detail)


def _refuse_place(node: Node, parent: Node | None) -> None:
    refuse_parent(node, parent)
    if parent and isinstance(node, ConsumerCategory) and below(node).exists():
        raise NotServed(_("%s has sub-categories and stays a main category.") % node)
    if parent and node.pk in _line(parent):
        raise NotServed(_("%s lies within it.") % parent)


def _was_used(node: Node) -> bool:
    """Say whether an account ever had it or what is below it, or a location lies there."""
    keys = [node.pk, *below(node).values_list("pk", flat=True)]
    if isinstance(node, ServiceArea):
        return LocationArea.objects.filter(area__in=keys).exists()
    return AccountCategory.objects.filter(category__in=keys).exists()


def _differing(node: Node, before: Node | None, after: Node | None, today: date) -> Any:
    """Return a tariff or plan, not ended yet, that serves one of the two places and not the other,
    and does not name what moves."""
    field = "area" if isinstance(node, ServiceArea) else "category"
    keys = EligibilityKey.objects.filter(_reaching("version__", today))
    if isinstance(node, ServiceArea):
        keys = keys.filter(commodity=node.commodity)
    served = [set(keys.filter(**{field: at}).values_list("version__tariff", flat=True))
              for at in (before, after)]  # fmt: skip
    if tariff := Tariff.objects.filter(pk__in=served[0] ^ served[1]).order_by("name").first():
        return tariff
    named = f"{'areas' if field == 'area' else 'categories'}__{field}__in"
    plans = PlanVersion.objects.filter(_reaching("", today))
    fitting = [set(plans.filter(**{named: _line(at)}).values_list("plan", flat=True))
               for at in (before, after)]  # fmt: skip
    return Plan.objects.filter(pk__in=fitting[0] ^ fitting[1]).order_by("name").first()


def _reaching(path: str, today: date) -> Q:
    reaches = Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gt": today})
    return reaches & Q(**{f"{path}state__in": IN_FORCE})


def _line(node: Node | None) -> list[int]:
    found: list[int] = []
    while node is not None:
        found.append(node.pk)
        node = node.parent
    return found

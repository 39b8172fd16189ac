"""Making one category or area part of another: who has the one has the other from then on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import AccountCategory, ServiceArea, User
from accounts.operations import audit
from meters.models import LocationArea
from statements.operations.served.changing import NOUNS, Node, NotServed, below

BATCH = 500


@transaction.atomic
def merge(node: Node, into: Node, *, on: date, actor: User | None, today: date) -> int:
    """Let another take its place from a day on, and offer it no more; return how many moved.

    Days before stay as they were. An area has no days: its locations lie in the other at once.
    Published prices stay as they are; who moves keeps the plan that they have.

    :raises NotServed: if the day has passed or the two do not fit
    """
    rows = {row.pk: row for row in _pair(node, into)}
    node, into = rows[node.pk], rows[into.pk]
    _refuse(node, into)
    if on < today:
        raise NotServed(_("Choose today or a later day: what has passed was billed."))
    moved = (
        _move_locations(node, into)
        if isinstance(node, ServiceArea)
        else _move_accounts(node, into, on)
    )
    node.is_offered, node.merged_into = False, into
    node.save(update_fields=["is_offered", "merged_into"])
    detail = {"code": node.code, "into": into.code, "on": on.isoformat(), "moved": moved}
    audit(f"{NOUNS[type(node)]}.merged", node, actor=actor, detail=detail)
    return moved


def to_move(node: Node, on: date) -> QuerySet[Any]:
    """Return the rows of accounts or locations that merging moves on a day."""
    if isinstance(node, ServiceArea):
        return LocationArea.objects.filter(area=node)
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    return AccountCategory.objects.filter(reaching, category=node)


def _pair(node: Node, into: Node) -> list[Node]:
    both = type(node).objects.select_for_update(of=("self",)).select_related("parent")
    return list(both.filter(pk__in=[node.pk, into.pk]).order_by("pk"))


def _refuse(node: Node, into: Node) -> None:
    if node.pk == into.pk:
        raise NotServed(_("Choose another one."))
    if node.merged_into_id or not into.is_offered:
        raise NotServed(_("%s is not offered any more.") % (node if node.merged_into_id else into))
    if below(node).filter(is_offered=True).exists():
        raise NotServed(_("Merge or retire what belongs to %s first.") % node)
    if isinstance(node, ServiceArea) and isinstance(into, ServiceArea):
        if node.commodity != into.commodity:
            raise NotServed(_("%s is an area of another service.") % into)
    elif (node.parent_id is None) != (into.parent_id is None):
        raise NotServed(_("A main category and a sub-category cannot be merged."))


def _move_locations(node: Any, into: Any) -> int:
    rows = list(LocationArea.objects.select_for_update().filter(area=node).order_by("pk"))
    for row in rows:
        row.area = into
    bulk_update_with_history(rows, LocationArea, ["area"], batch_size=BATCH)
    return len(rows)


def _move_accounts(node: Any, into: Any, on: date) -> int:
    """End the rows that reach the day there and begin others; rows to come are changed."""
    rows = list(to_move(node, on).select_for_update().order_by("pk"))
    later = [row for row in rows if row.starts_on >= on]
    reaching = [(row, row.ends_on) for row in rows if row.starts_on < on]
    for row in later:
        row.category = into
    for row, _ends_on in reaching:
        row.ends_on = on
    ended = [row for row, _ends_on in reaching]
    bulk_update_with_history(later, AccountCategory, ["category"], batch_size=BATCH)
    bulk_update_with_history(ended, AccountCategory, ["ends_on"], batch_size=BATCH)
    begun = [
        AccountCategory(account_id=row.account_id, category=into, starts_on=on, ends_on=ends_on)
        for row, ends_on in reaching
    ]
    bulk_create_with_history(begun, AccountCategory, batch_size=BATCH)
    return len(rows)

"""The only way from an employee to consumer categories and service areas."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from statements.operations.served.changing import Node
from tariffs.access import Person, may_change, may_read

__all__ = ["may_change", "node_for", "nodes_for"]


def nodes_for(user: Person, model: type[Node]) -> QuerySet[Any]:
    """Return all categories or areas, also those that are not offered.

    :raises Http404: for those who see no prices
    """
    if not may_read(user):
        raise Http404
    return model.objects.select_related("parent", "merged_into")


def node_for(user: Person, model: type[Node], code: str) -> Node:
    """Return a category or area by its code.

    :raises Http404: if there is none, and for those who see no prices
    """
    nodes = nodes_for(user, model)
    found: Node | None = nodes.filter(code=code).first() if code.isprintable() else None
    if found is None:
        raise Http404
    return found

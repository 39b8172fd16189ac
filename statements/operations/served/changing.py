"""Adding a category or area, naming it, and offering it or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ConsumerCategory, ServiceArea, User
from accounts.operations import audit
from tariffs.operations import eligibility

Node = ConsumerCategory | ServiceArea
NOUNS = {ConsumerCategory: "category", ServiceArea: "area"}


class NotServed(ValueError):
    """What was asked does not fit the category or area; the words are for people."""


@transaction.atomic
def add(node: Node, *, actor: User | None) -> None:
    """Store a new category or area; published prices that serve all it belongs to serve it too.

    :param node: not saved yet
    :raises NotServed: if the code is taken, or it cannot belong where it is put
    """
    eligibility.hold()
    if type(node).objects.filter(code__iexact=node.code).exists():
        raise NotServed(_("The code %s is taken.") % node.code)
    refuse_parent(node, node.parent)
    node.save()
    rows = eligibility.serve(node)
    detail = {"code": node.code, "below": node.parent and node.parent.code, "keys": rows}
    audit(f"{NOUNS[type(node)]}.added", node, actor=actor, detail=detail)


@transaction.atomic
def rename(node: Node, *, name: str, names: Mapping[str, str], actor: User | None) -> None:
    """Give it another name; the code stays.

    :param names: by language; an empty one is none
    :raises NotServed: if nothing would change
    """
    held = _locked(node)
    said = {language: text for language, text in names.items() if text}
    if (held.name, held.names) == (name, said):
        raise NotServed(_("It is called so already."))
    detail = {"before": [held.name, held.names], "after": [name, said]}
    held.name, held.names = name, said
    held.save(update_fields=["name", "names"])
    audit(f"{NOUNS[type(node)]}.renamed", held, actor=actor, detail=detail)


@transaction.atomic
def retire(node: Node, *, actor: User | None) -> None:
    """Offer it to nothing new; who has it keeps it, and published prices go on serving it.

    :raises NotServed: if it is not offered already
    """
    _switch(node, is_offered=False, actor=actor)


@transaction.atomic
def offer(node: Node, *, actor: User | None) -> None:
    """Offer it again.

    :raises NotServed: if it is offered, or was merged into another
    """
    if node.merged_into:
        words = {"one": node, "other": node.merged_into}
        raise NotServed(_("%(one)s became part of %(other)s.") % words)
    _switch(node, is_offered=True, actor=actor)


def refuse_parent(node: Node, parent: Node | None) -> None:
    """Refuse a place in the tree where it cannot belong.

    :raises NotServed: saying why
    """
    if parent is None:
        return
    if not parent.is_offered:
        raise NotServed(_("%s is not offered any more.") % parent)
    if isinstance(node, ServiceArea) and isinstance(parent, ServiceArea):
        if node.commodity != parent.commodity:
            raise NotServed(_("%s is an area of another service.") % parent)
    elif parent.parent_id is not None:
        raise NotServed(_("%s is a sub-category itself: choose a main category.") % parent)


def _switch(node: Node, *, is_offered: bool, actor: User | None) -> None:
    held = _locked(node)
    if held.is_offered == is_offered:
        raise NotServed(_("It is so already."))
    held.is_offered = is_offered
    held.save(update_fields=["is_offered"])
    deed = "offered" if is_offered else "retired"
    audit(f"{NOUNS[type(node)]}.{deed}", held, actor=actor, detail={"code": held.code})


def below(node: Node) -> Any:
    """Return the rows that belong to it."""
    rows: Any = type(node).objects
    return rows.filter(parent=node)


def _locked(node: Node) -> Node:
    held: Node = type(node).objects.select_for_update().get(pk=node.pk)
    return held

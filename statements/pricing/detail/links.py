"""Where the pages of one tariff or plan lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from statements.pricing.detail.head import Head
from tariffs.models import VersionState

OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)

EDIT = {"tariff": "tariffs:edit", "plan": "tariffs:plan_edit"}
CHANGE = {"tariff": "statements:price_tariffs_change", "plan": "statements:price_plans_change"}


@dataclass(frozen=True)
class Link:
    word: str
    url: str


def links(kind: str, item: Any, *, may_change: bool) -> list[Link]:
    """Return what a person may do with a tariff or plan from its page."""
    return list(_links(kind, item)) if may_change else []


def again(kind: str, head: Head, version: Any) -> str:
    """Return where a new version is begun from an old one; "" where that is not offered.

    While a draft is open there is no other, and from the newest version it is an edit.
    """
    newest = head.versions[0]
    if newest.state in OPEN or version.number == newest.number:
        return ""
    return f"{reverse(EDIT[kind], args=(head.item.code,))}?from={version.number}"


def _links(kind: str, item: Any) -> Iterator[Link]:
    yield Link(_("Edit"), reverse(EDIT[kind], args=(item.code,)))
    yield Link(_("Other actions"), f"{reverse(CHANGE[kind])}?row={item.pk}")

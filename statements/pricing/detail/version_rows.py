"""The versions of a tariff or plan as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.tables import Tag
from statements.pricing.detail.head import Head, state_tag, valid
from statements.pricing.detail.links import again

PAGES = {"tariff": "statements:price_tariff_version", "plan": "statements:price_plan_version"}
ITEMS = {"tariff": "statements:price_tariff", "plan": "statements:price_plan"}
COMPARED = {"tariff": "statements:price_tariff_compare", "plan": "statements:price_plan_compare"}


@dataclass(frozen=True)
class VersionRow:
    """A version, its state and days in words, its page, and where a new one begins from it."""

    version: Any
    tag: Tag
    valid: str
    url: str
    again: str


def rows(kind: str, head: Head) -> list[VersionRow]:
    """Return a row for each version, the newest first.

    :param kind: tariff or plan
    """
    return [
        VersionRow(
            version,
            state_tag(version),
            valid(version),
            reverse(PAGES[kind], args=(head.item.code, version.number)),
            again(kind, head, version),
        )
        for version in head.versions
    ]


def page_of(kind: str, item: Any) -> str:
    """Return the address of the page of a tariff or plan."""
    return reverse(ITEMS[kind], args=(item.code,))


def compare_of(kind: str, item: Any) -> str:
    """Return the address at which two versions are compared."""
    return reverse(COMPARED[kind], args=(item.code,))

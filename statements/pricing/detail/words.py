"""Differences of two definitions as rows of a table, each tagged with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.tables import Tag
from tariffs.authoring import Difference, Kind
from tariffs.differing import Change, changes

NOTHING = "–"
TAGS = {Kind.ADDED: "good", Kind.REMOVED: "off", Kind.CHANGED: "wait"}


@dataclass(frozen=True)
class Row:
    """One field of two versions side by side; without a tag it is the same in both."""

    what: str
    before: str
    after: str
    tag: Tag | None = None


def rows(found: Sequence[Difference]) -> list[Row]:
    """Return differences in words; nothing is a dash."""
    return [row(change) for change in changes(found)]


def row(change: Change) -> Row:
    """Return a change with its tag."""
    return Row(
        change.what,
        change.before or NOTHING,
        change.after or NOTHING,
        Tag(_kind(change.kind), TAGS[change.kind]),
    )


def _kind(kind: Kind) -> str:
    return {
        Kind.ADDED: _("Added"),
        Kind.REMOVED: _("Removed"),
        Kind.CHANGED: _("Changed"),
    }[kind]

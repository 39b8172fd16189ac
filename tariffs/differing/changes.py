"""Differences in words: which field, what it was, what it is, and all of them in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tariffs import names
from tariffs.authoring import Difference, Kind
from tariffs.authoring.plain import CHARGE, TARIFF, WINDOW
from tariffs.differing.fields import CHARGES, field
from tariffs.differing.values import value

SHOWN = 4  # changes that a summary names
LONG = 60  # letters; a longer answer is not repeated in a summary
MARKS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))  # of direction, for pages only
OF_CHARGE = {"tax_class": "standard"} | {
    name: said
    for fields in CHARGE.values()
    for name, said in fields.items()
    if name != "source"  # each kind has its own
}


@dataclass(frozen=True)
class Change:
    """One difference, as `components/diff.html` shows it."""

    what: str
    before: str | None  # None: there was none
    after: str | None
    whole: str = ""  # name of the charge that came or went as a whole

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.ADDED
        return Kind.REMOVED if self.after is None else Kind.CHANGED


def changes(found: Sequence[Difference]) -> list[Change]:
    """Return differences in words; what a definition leaves out is its default."""
    return [_change(each) for each in found]


def summary(rows: Sequence[Change]) -> str:
    """Propose what to say of changes: "Energy: Price: 0.12 → 0.15"."""
    told = [_phrase(row) for row in rows[:SHOWN]]
    rest = len(rows) - SHOWN
    if rest > 0:
        more = ngettext("and %(count)s more change", "and %(count)s more changes", rest)
        told.append(more % {"count": rest})
    return "; ".join(told).translate(MARKS)


def default(path: Sequence[str]) -> str:
    """Return what holds where a definition says nothing at a path, as it would be written."""
    last = path[-1]
    if len(path) == 1:
        return TARIFF.get(last, "")
    if path[0] == "charges" and len(path) == 3:
        return OF_CHARGE.get(last, "")
    if path[0] == "bands" or "hours" in path[:-1]:
        return {**WINDOW, "days": "all"}.get(last, "")
    return ""


def _change(found: Difference) -> Change:
    usual = default(found.path)
    is_whole = bool(found.charge) and found.path[0] in CHARGES and len(found.path) == 2
    return Change(
        field(found.path, found.charge),
        value(found.path, found.was or usual) or None,
        value(found.path, found.now or usual) or None,
        names.told(found.charge) if is_whole else "",
    )


def _phrase(row: Change) -> str:
    told = {"what": row.whole or row.what, "before": row.before, "after": row.after}
    is_long = max(len(row.before or ""), len(row.after or "")) > LONG
    if row.kind is Kind.REMOVED:
        return _("%(what)s removed") % told
    if row.kind is Kind.ADDED:
        words = _("%(what)s added") if row.whole or is_long else _("%(what)s added: %(after)s")
    else:
        words = _("%(what)s changed") if is_long else _("%(what)s: %(before)s → %(after)s")
    return words % told

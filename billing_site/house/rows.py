"""Settings as the pages show them: now, default, effect, and who changed it when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import house
from accounts.house import Setting
from accounts.models import Utility
from core import formats

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Row:
    """One setting. `field` leads to its form, `name` is that of the environment."""

    group: Text
    word: Text
    now: Text
    default: Text
    effect: Text
    field: str = ""
    name: str = ""
    fixed: Text = ""  # why it cannot change any more
    at: datetime | None = None
    by: str = ""
    colour: str = ""
    link: str = ""  # the address of the page where it is changed

    def has(self, asked: str) -> bool:
        """Tell whether what somebody looks for stands anywhere in the row."""
        texts = (self.group, self.word, self.now, self.effect, self.name, self.field)
        return all(
            any(part in str(text).casefold() for text in texts) for part in asked.casefold().split()
        )


@dataclass(frozen=True, slots=True)
class Section:
    """The settings of one group."""

    word: Text
    rows: list[Row]


def of_utility(utility: Utility, *, has_bills: bool) -> list[Row]:
    """Return what administrators change on these pages; three queries."""
    changes = house.last_changes(utility)
    fixed = house.fixed(has_bills=has_bills)
    return [_row(setting, utility, changes, fixed) for setting in house.SETTINGS]


def sections(rows: Iterable[Row], asked: str) -> list[Section]:
    """Return the rows in their groups: all, or those in which the words asked for stand."""
    found = (row for row in rows if row.has(asked))
    return [Section(word, list(each)) for word, each in groupby(found, key=lambda row: row.group)]


def shown(field: str, value: Any) -> str:
    """Return the value of a setting in words; nothing for an empty one."""
    if value in (None, ""):
        return _("The usual blue") if field == "brand_colour" else ""
    locale = formats.current_locale()
    if field == "payment_term_days":
        return ngettext("%(n)s day", "%(n)s days", value) % {"n": formats.number(value)}
    if field == "country":
        return str(locale.territories.get(value, value))
    if field == "currency":
        return f"{locale.currencies.get(value, value)} ({value})"
    return str(value)


def _row(
    setting: Setting,
    utility: Utility,
    changes: dict[str, house.Change],
    fixed: dict[str, house.Text],
) -> Row:
    value, change = getattr(utility, setting.field), changes.get(setting.field)
    return Row(
        group=setting.group.label,
        word=setting.word,
        now=shown(setting.field, value),
        default=shown(setting.field, setting.default),
        effect=setting.effect,
        field=setting.field,
        fixed=fixed.get(setting.field, ""),
        at=change.at if change else None,
        by=change.by if change else "",
        colour=value if setting.field == "brand_colour" else "",
    )


def numbering(series: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """Yield what the numbers of documents look like; they run without a gap and are not changed."""
    for code, following in series:
        yield Row(
            group=_("Numbers of documents"),
            word=code,
            now=_("Next: %(number)s") % {"number": following},
            default="",
            effect=_("Bills begin with B, cancellations with C; each year begins anew."),
            fixed=_("Numbers run without a gap, so nobody changes them."),
        )

"""Two versions of a tariff or plan side by side: fields, curves, and what sample uses cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import formats
from core.csv_export import Cell
from statements.pricing.detail import words
from statements.pricing.detail.bundle import with_taxes
from statements.pricing.detail.costs import Costs, costs
from statements.pricing.detail.words import Row
from tariffs.authoring import Difference, differences
from tariffs.authoring.differences import ORDER, SILENT
from tariffs.authoring.plain import plain
from tariffs.differing import field, value
from tariffs.differing.fields import CHARGES

Path = tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of one tariff or plan, the one that is compared with first."""

    old: Any
    new: Any
    rows: Sequence[Row]
    is_whole: bool  # what is the same is among the rows
    currency: str
    costs: Costs | None  # none: they cannot be compared

    @property
    def name(self) -> str:
        names = {"old": self.old.number, "new": self.new.number}
        return _("v%(old)s and v%(new)s") % names


def compare(old: Any, new: Any, zone: ZoneInfo, *, is_whole: bool = False) -> Comparison:
    """Compare two versions; money is that of the month in which the later of them begins.

    :param is_whole: also return the fields that are the same
    """
    month = max(old.starts_on, new.starts_on)
    before, after = with_taxes(old, month), with_taxes(new, month)
    return Comparison(
        old=old,
        new=new,
        rows=rows(old.definition, new.definition, is_whole=is_whole),
        is_whole=is_whole,
        currency=before.tariffs[0].currency if before.tariffs else "",
        costs=costs(before, after, (f"v{old.number}", f"v{new.number}"), month, zone),
    )


def rows(old: Mapping[str, Any], new: Mapping[str, Any], *, is_whole: bool = False) -> list[Row]:
    """Return the fields that differ, in the order of the form; with the others among them."""
    found = differences(old, new)
    if not is_whole:
        return words.rows(found)
    shown = zip(found, words.rows(found), strict=True)
    told = [(_place(each.path, i), row) for i, (each, row) in enumerate(shown)]
    for i, (path, same, charge) in enumerate(_leaves((), plain(new))):
        if not any(_covers(each, path) for each in found):
            said = value(path, same) or words.NOTHING
            told.append((_place(path, i), Row(field(path, charge), said, said)))
    return [each for _at, each in sorted(told, key=lambda pair: pair[0])]


def sheet(found: Comparison) -> Iterator[list[Cell]]:
    """Yield the lines of the file: the fields, then what sample uses cost."""
    yield [_("Field"), f"v{found.old.number}", f"v{found.new.number}", _("Difference")]
    for each in found.rows:
        yield [each.what, each.before, each.after, each.tag.word if each.tag else _("The same")]
    for sample in found.costs.samples if found.costs else ():
        yield [
            sample.use,
            formats.money(sample.old_minor, found.currency),
            formats.money(sample.new_minor, found.currency),
            sample.difference,
        ]


def _covers(found: Difference, path: Path) -> bool:
    """Say whether a difference tells of a field; of slabs, whose keys may differ, of all."""
    if "slabs" in found.path and "slabs" in path:
        at = found.path.index("slabs")
        return path[:at] == found.path[:at]
    shorter = min(len(found.path), len(path))
    is_end = found.path == ("last_day",) and path == ("to",)
    return is_end or found.path[:shorter] == path[:shorter]


def _leaves(path: Path, said: Any, charge: str = "") -> Iterator[tuple[Path, Any, str]]:
    """Yield every field of a definition as a path, what it says and its charge."""
    if isinstance(said, dict):
        for name, each in said.items():
            if path or name not in SILENT:
                yield from _leaves((*path, name), each, charge)
    elif path == ("examples",) and isinstance(said, list):
        for i, each in enumerate(said):
            yield (*path, str(i + 1)), each, charge
    elif isinstance(said, list) and said and all(isinstance(each, dict) for each in said):
        for i, each in enumerate(said):
            key = str(each.get("code") or each.get("tariff") or _period(each) or i + 1)
            of = path and path[0] in CHARGES and len(path) == 1
            named = str(each.get("name") or each.get("code") or "") if of else charge
            yield from _leaves((*path, key), each, named)
    else:
        yield path, said, charge


def _period(value: Mapping[str, Any]) -> str:
    return ", ".join(str(value[name]) for name in ("season", "band") if name in value)


def _place(path: Path, at: int) -> tuple[int, str, int]:
    """Return where a field stands: in the order of the form, the fields of a charge together."""
    name = "to" if path[0] == "last_day" else path[0]
    order = ORDER.index(name) if name in ORDER else len(ORDER)
    return order, path[1] if path[0] in CHARGES and len(path) > 1 else "", at

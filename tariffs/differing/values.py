"""What a field of a tariff or plan says, as people read it; prices are as they were entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from tariffs import names, queries
from tariffs.authoring.differences import ROW_ORDER
from tariffs.differing.choices import CHOICES
from tariffs.differing.example import example
from tariffs.differing.fields import CHARGES, field
from tariffs.wizard.words import day_names, day_type, month_day

DAYS = ("from", "to", "last_day", "first", "last", "day", "holidays")
DAYS_OF_A_YEAR = ("first", "last", "year_ends")
NAMES = ("name", "season", "band", "seasons", "bands")
ROWS_CALLED = {  # codes of rows, by the field that holds them
    "categories": queries.category_names,
    "areas": queries.area_names,
    "tariff": queries.tariff_names,
}


def value(path: Sequence[str], said: Any) -> str:
    """Return what is said at a path in words; nothing is an empty text."""
    if isinstance(said, Mapping):
        return _row(path, said)
    if isinstance(said, list | tuple):
        return _list(path, said)
    if isinstance(said, bool):
        return _("Yes") if said else _("No")
    return "" if said is None else _text(path, str(said))


def _row(path: Sequence[str], said: Mapping[str, Any]) -> str:
    """Return the fields of a row; the name of a charge stands before it already."""
    if len(path) == 2 and path[0] == "examples":
        return example(said)
    is_charge = len(path) == 2 and path[0] in CHARGES
    shown = sorted(key for key in said if not (is_charge and key in ("code", "name")))
    told = (
        {"field": _name(path, key), "value": value((*path, key), said[key])}
        for key in sorted(shown, key=_place)  # a database may forget in which order they stood
    )
    return ", ".join(_("%(field)s: %(value)s") % each for each in told)


def _place(key: str) -> int:
    return ROW_ORDER.index(key) if key in ROW_ORDER else len(ROW_ORDER)


def _list(path: Sequence[str], said: Sequence[Any]) -> str:
    if path[-1] in ROWS_CALLED and all(isinstance(each, str) for each in said):
        called = ROWS_CALLED[path[-1]](said)
        return ", ".join(called.get(code, code) for code in said)
    if path[-1] == "days" and all(isinstance(each, str) for each in said):
        return day_type(day_names(said))
    has_rows = any(isinstance(each, Mapping) for each in said)
    if has_rows and not path[-1].isdecimal():
        told = (value((*path, str(i + 1)), each) for i, each in enumerate(said))
    else:
        told = (value(path, each) for each in said)
    return ("; " if has_rows else ", ").join(each for each in told if each)


def _name(path: Sequence[str], key: str) -> str:
    """Return a field in words without where it is."""
    whole, before = field((*path, key)), field(path)
    return whole.removeprefix(f"{before}, ")


def _text(path: Sequence[str], said: str) -> str:
    last = path[-1]
    if last in CHOICES:
        return str(CHOICES[last].get(said, said))
    if last == "unit" or (last == "from" and "conversion" in path):
        return formats.unit_name(said)
    if last in ROWS_CALLED:
        return ROWS_CALLED[last]([said]).get(said, said)
    if last == "days":
        return day_type(said)
    if last in DAYS and (day := _day(path, said)):
        return day
    if last in DAYS_OF_A_YEAR and len(said) == len("12-31"):
        return _day_of_a_year(said)
    return names.told(said) if last in NAMES else said


def _day(path: Sequence[str], said: str) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return ""
    return formats.day(day - timedelta(days=1) if tuple(path) == ("to",) else day)


def _day_of_a_year(said: str) -> str:
    try:
        return month_day(said)
    except ValueError:
        return said

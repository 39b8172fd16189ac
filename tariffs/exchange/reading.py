"""Reads a file into its tariffs and plans, whatever its form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tariffs import engine
from tariffs.exchange import assemble, csv_sheet, spread, xlsx_sheet
from tariffs.exchange.columns import DEFINITION, NUMBERS, VERSION
from tariffs.exchange.entries import Entry, Fault, FileRefused, Kind, Row, kind_of
from tariffs.exchange.limits import refuse_great, refuse_many_entries

DEEPEST = 40
LISTS = {"tariffs": Kind.TARIFF, "plans": Kind.PLAN}


def read(content: bytes, name: str) -> list[Entry]:
    """Return the tariffs and plans of a file, in its order.

    :param name: of the file; its ending tells the form
    :raises FileRefused: if the file as a whole cannot be read
    """
    refuse_great(content)
    ending = name.lower().rpartition(".")[2]
    if ending == "json":
        entries = _of_json(content)
    elif ending == "csv":
        entries = _of_rows(csv_sheet.rows(content))
    elif ending == "xlsx":
        entries = _of_rows(xlsx_sheet.rows(content))
    else:
        raise FileRefused(_("The name of the file must end in .json, .csv or .xlsx."))
    if not entries:
        raise FileRefused(_("The file holds no tariff and no plan."))
    refuse_many_entries(len(entries))
    return entries


def _of_json(content: bytes) -> list[Entry]:
    """Read one definition, or lists of them."""
    try:
        whole = engine.load(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileRefused(_("The file is not a text in UTF-8.")) from None
    except engine.TariffError as error:
        raise FileRefused(_unreadable(error)) from None
    if _is_deep(whole):
        raise FileRefused(_("The file is nested too deeply."))
    if "charges" in whole or "services" in whole or "code" in whole:
        return [Entry(kind_of(whole), whole, (1,))]
    _refuse_others(whole)
    return [
        _of_item(kind, item, place)
        for name, kind in LISTS.items()
        for place, item in enumerate(whole.get(name, []), start=1)
    ]


def _unreadable(error: engine.TariffError) -> str:
    """Say what keeps a file from being read: the line that is not JSON, or what the engine says."""
    cause = error.__context__
    if isinstance(cause, json.JSONDecodeError):
        return _("Line %(line)s is not JSON.") % {"line": cause.lineno}
    if isinstance(cause, RecursionError):
        return _("The file is nested too deeply.")
    return _("The file cannot be read: %s.") % error


def _refuse_others(whole: dict[str, Any]) -> None:
    if whole.get("format", 1) != 1:
        raise FileRefused(_("The format of the file is not known; it must be 1."))
    if unknown := sorted(set(whole) - {"format", *LISTS}):
        words = {"names": ", ".join(unknown)[:100]}
        raise FileRefused(_("The file has fields that are not known: %(names)s.") % words)
    for name in LISTS:
        if not isinstance(whole.get(name, []), list):
            raise FileRefused(_("The field %s must be a list.") % name)


def _is_deep(value: object, left: int = DEEPEST) -> bool:
    """Say whether objects and lists lie in each other deeper than any definition."""
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return not left or any(_is_deep(item, left - 1) for item in inside)


def _of_item(kind: Kind, item: object, place: int) -> Entry:
    if isinstance(item, dict):
        return Entry(kind, item, (place,))
    return Entry(kind, {}, (place,), (Fault(place, "", _("This is no object { }.")),))


def _of_rows(rows: Sequence[Row]) -> list[Entry]:
    return [_of_group(group) for group in _groups(rows)]


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Bring the rows of each code together; another first day or version is another version.

    A row without a code, first day or version goes with the row above that has its other ones.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    last: dict[str, tuple[str, str, str]] = {}
    code = ""
    for row in rows:
        code = row.cells.get("code", code)
        before = last.get(code, (code, "", ""))
        key = (code, row.cells.get("from", before[1]), row.cells.get(VERSION, before[2]))
        groups.setdefault(key, []).append(row)
        last[code] = key
    return list(groups.values())


def _of_group(rows: Sequence[Row]) -> Entry:
    text = spread.joined(row.cells.get(DEFINITION, "") for row in rows)
    entry = _defined(text, rows) if text else assemble.tariff(rows)
    return replace(
        entry,
        faults=(*(fault for row in rows for fault in row.faults), *entry.faults),
        notes=(*(note for row in rows for note in row.notes), *entry.notes),
        cells=tuple(row.cells for row in rows),
    )


def _defined(text: str, rows: Sequence[Row]) -> Entry:
    """Read the column with the whole definition; the others are for reading, and must agree."""
    numbers = tuple(row.number for row in rows)
    first = next(row.number for row in rows if DEFINITION in row.cells)
    try:
        definition = engine.load(text)
    except engine.TariffError as error:
        fault = Fault(first, DEFINITION, str(error))
        return Entry(Kind.TARIFF, {"code": rows[0].cells.get("code", "")}, numbers, (fault,))
    if _is_deep(definition):
        fault = Fault(first, DEFINITION, _("The definition is nested too deeply."))
        return Entry(Kind.TARIFF, {"code": rows[0].cells.get("code", "")}, numbers, (fault,))
    faults = _disagreements(rows, spread.readable(definition))
    return Entry(kind_of(definition), definition, numbers, tuple(faults), places={"": first})


def _disagreements(rows: Sequence[Row], said: Sequence[dict[str, str]]) -> list[Fault]:
    """Find where rows were edited beside a definition; else the change would be lost."""
    faults = []
    for place, row in enumerate(rows):
        told = said[place] if place < len(said) else {"code": said[0].get("code", "")}
        for column, text in row.cells.items():
            if column in (DEFINITION, VERSION) or column not in told:
                continue
            if not _is_same(column, text, told[column]):
                words = {"text": text[:60], "told": told[column][:60]}
                sentence = _(
                    "%(text)s stands here, and %(told)s in the column definition. Change it "
                    "there, or empty the definition, so that the rows count."
                )
                faults.append(Fault(row.number, column, sentence % words))
    return faults


def _is_same(column: str, text: str, told: str) -> bool:
    if " ".join(text.split()).lstrip("'") == told.lstrip("'"):
        return True
    if column not in NUMBERS:
        return False
    try:
        return Decimal(text) == Decimal(told)
    except InvalidOperation:
        return False

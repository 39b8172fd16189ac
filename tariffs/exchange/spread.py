"""Writes a tariff as the rows of a sheet, with its definition where rows do not say it all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tariffs import engine
from tariffs.exchange import assemble
from tariffs.exchange.columns import CHARGE, DEFINITION, HEAD, PRICE, RANGE, VERSION, WINDOW
from tariffs.exchange.entries import Cells, Definition, Kind, Row, kind_of

LONGEST = 30_000  # letters of a cell; spreadsheets hold 32,767
CUT = "…"  # not a letter of the text, which is ASCII


def spread(definition: Definition, *, number: int | None = None) -> list[dict[str, str]]:
    """Return the rows that make this very definition when they are read.

    :param number: of the version, so that two versions of a code stay apart
    """
    rows = readable(definition)
    if not _says_all(rows, definition):
        for place, part in enumerate(_parts(_text(definition))):
            if place == len(rows):
                rows.append(dict.fromkeys(("code",), rows[0].get("code", "")))
            rows[place][DEFINITION] = part
    for row in rows:
        row.update({VERSION: str(number)} if number is not None else {})
    return rows


def readable(definition: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what rows can say of a tariff or plan; of a plan only its head."""
    head = _head(definition)
    rows = []
    if kind_of(definition) is Kind.TARIFF:
        rows = [*_calendar(definition), *_charges(definition)]
    told = [{**head, **row} for row in rows or [{}]]
    for row in told[1:]:  # long texts once
        row.pop("description", None)
        row.pop("change summary", None)
    return [{name: _plain(text) for name, text in row.items()} for row in told]


def _says_all(rows: Sequence[Cells], definition: Definition) -> bool:
    if kind_of(definition) is Kind.PLAN:
        return False
    if any(text.startswith("'") or "_x" in text for row in rows for text in row.values()):
        return False  # the marks by which CSV and Excel keep other texts
    if any(not row.get("code") for row in rows):
        return False
    kept = [{name: text for name, text in row.items() if text} for row in rows]
    entry = assemble.tariff([Row(i, row) for i, row in enumerate(kept)])
    if entry.faults or entry.notes:
        return False
    return engine.canonical(entry.definition) == engine.canonical(definition)


def _text(definition: Definition) -> str:
    """Return the definition in letters that every program keeps."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    return text.replace("_x", "\\u005fx")  # Excel reads _x0041_ as a letter


def _parts(text: str) -> Iterator[str]:
    """Divide a text for cells; a mark where it is cut keeps the blanks and signs beside it."""
    starts = range(0, len(text), LONGEST)
    for start in starts:
        before = CUT if start else ""
        after = CUT if start != starts[-1] else ""
        yield f"{before}{text[start : start + LONGEST]}{after}"


def joined(parts: Iterable[str]) -> str:
    """Return the text that was divided for cells."""
    return "".join(part.removeprefix(CUT).removesuffix(CUT) for part in parts)


def _head(definition: Mapping[str, Any]) -> dict[str, str]:
    eligibility = definition.get("eligibility")
    head = {}
    for column, path in HEAD.items():
        if path == "to":
            head[column] = _day_before(definition.get("to"))
        elif path.startswith("eligibility."):
            kind = path.removeprefix("eligibility.")
            codes = eligibility.get(kind, []) if isinstance(eligibility, Mapping) else []
            head[column] = ", ".join(map(str, codes)) if isinstance(codes, list) else ""
        else:
            head[column] = _shown(definition.get(path))
    return head


def _day_before(day: object) -> str:
    try:
        return (date.fromisoformat(str(day)) - timedelta(days=1)).isoformat() if day else ""
    except (ValueError, OverflowError):
        return ""


def _calendar(definition: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield a row for each range of a season and each window of a band.

    By name, since PostgreSQL keeps no order of fields.
    """
    for column, name, fields in (("season", "seasons", RANGE), ("band", "bands", WINDOW)):
        for title, spans in sorted(_mapping(definition.get(name)).items()):
            for span in _mappings(spans):
                row = {cell: _shown(span.get(key)) for cell, key in fields.items()}
                yield {column: str(title), **row}


def _charges(definition: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for charge in _mappings(definition.get("charges")):
        own = {column: _shown(charge.get(key)) for column, key in CHARGE.items()}
        for row in _priced(charge):
            yield {**own, **row}


def _priced(charge: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    places = _mappings(charge.get("prices")) or [charge]
    for place in places:
        named = {name: _shown(place.get(name)) for name in ("season", "band")}
        slabs = _mappings(place.get("slabs"))
        if not slabs:
            yield {**named, **_price(place)}
        lower = "0"
        for slab in slabs:
            upper = _shown(slab.get("up_to"))
            yield {**named, "slab from": lower, "slab up to": upper, **_price(slab)}
            lower = upper


def _price(row: Mapping[str, Any]) -> dict[str, str]:
    return {column: _shown(row.get(key)) for column, key in PRICE.items()}


def _shown(value: object) -> str:
    """Return a field as a cell shows it: text, a number, or a list of names; else nothing."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def _plain(text: str) -> str:
    """Return a text on one line, with nothing that a program would drop."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    bare = " ".join(shown.split())
    return bare[:LONGEST].strip()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []

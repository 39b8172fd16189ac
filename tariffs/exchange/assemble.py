"""Makes one tariff of the rows that have its code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tariffs.exchange.columns import CHARGE, HEAD, PRICE, RANGE, WINDOW
from tariffs.exchange.entries import Cells, Definition, Entry, Fault, Kind, Row

KINDS = ("energy", "fixed")  # which rows can state; the others stand in the definition
SHORT_TIME = re.compile(r"[0-9]:[0-9]{2}")
Steps = list[tuple[Row, Definition]]


@dataclass
class _Made:
    """A tariff on its way: its fields, and where each came from."""

    definition: Definition = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    def came_from(self, path: str, row: Row, column: str = "") -> None:
        self.places.setdefault(path, row.number)
        if column:
            self.columns.setdefault(path, column)


def tariff(rows: Sequence[Row]) -> Entry:
    """Return the tariff that the rows state, with what is wrong in them."""
    made = _Made()
    _head(made, rows)
    _calendar(made, rows, "season", "seasons", RANGE)
    _calendar(made, rows, "band", "bands", WINDOW)
    _charges(made, rows)
    return Entry(
        kind=Kind.TARIFF,
        definition=made.definition,
        rows=tuple(row.number for row in rows),
        faults=tuple(made.faults),
        notes=tuple(made.notes),
        places=made.places,
        columns=made.columns,
    )


def _head(made: _Made, rows: Sequence[Row]) -> None:
    made.definition["format"] = 1
    for column, path in HEAD.items():
        row, text = _same(made, rows, column)
        made.columns[path] = column
        if row is None:
            continue
        made.came_from(path, row)
        if path == "to":
            made.definition["to"] = _day_after(made, row, column, text)
        elif path.startswith("eligibility."):
            codes = [code.strip() for code in text.split(",") if code.strip()]
            kind = path.removeprefix("eligibility.")
            made.definition.setdefault("eligibility", {})[kind] = codes
            for i in range(len(codes)):
                made.came_from(f"{path}[{i}]", row, column)
        else:
            made.definition[path] = text


def _same(made: _Made, rows: Sequence[Row], column: str) -> tuple[Row | None, str]:
    """Return what the first row says that says something; later ones say the same or nothing."""
    said = [(row, row.cells[column]) for row in rows if column in row.cells]
    if not said:
        return None, ""
    first, text = said[0]
    for row, other in said:
        if other != text:
            words = {"text": other[:60], "first": text[:60], "row": first.number}
            sentence = _("%(text)s stands here, and %(first)s in row %(row)s.") % words
            made.faults.append(Fault(row.number, column, sentence))
    return first, text


def _day_after(made: _Made, row: Row, column: str, text: str) -> str:
    """Return the first day without; people write the last day that is included."""
    try:
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        words = _("%s must be a day written as 2026-01-31.") % text[:40]
        made.faults.append(Fault(row.number, column, words))
        return text


def _calendar(
    made: _Made, rows: Sequence[Row], column: str, name: str, fields: dict[str, str]
) -> None:
    """Collect the days of each season, or the hours of each band, each once."""
    known: dict[str, list[Definition]] = {}
    for row in rows:
        given = {key: row.cells[cell] for cell, key in fields.items() if cell in row.cells}
        title = row.cells.get(column, "")
        if not title:
            if given:
                words = _("The row does not say of which %s these are.") % column
                made.faults.append(Fault(row.number, column, words))
            continue
        spans = known.setdefault(title, [])
        span = _span(given)
        if given and span not in spans:
            made.came_from(f"{name}.{title}[{len(spans)}]", row, column)
            spans.append(span)
    if stated := {title: spans for title, spans in known.items() if spans}:
        made.definition[name] = stated


def _span(given: dict[str, str]) -> Definition:
    span: Definition = {
        key: f"0{text}" if SHORT_TIME.fullmatch(text) else text for key, text in given.items()
    }
    if "," in span.get("days", ""):
        span["days"] = [day.strip() for day in span["days"].split(",") if day.strip()]
    return span


def _charges(made: _Made, rows: Sequence[Row]) -> None:
    charges: list[Definition] = []
    made.definition["charges"] = charges
    for code, own in _by(rows, "charge code").items():
        if code:
            charges.append(_charge(made, f"charges[{len(charges)}]", own))
            continue
        for row in own:
            if any(cell in row.cells for cell in (*CHARGE, *PRICE, "slab up to")):
                words = _("The row does not say of which charge it is.")
                made.faults.append(Fault(row.number, "charge code", words))


def _by(rows: Sequence[Row], *columns: str) -> dict[Any, list[Row]]:
    """Return the rows by what stands in a column, or in several, in their order."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = tuple(row.cells.get(column, "") for column in columns)
        found.setdefault(key if len(key) > 1 else key[0], []).append(row)
    return found


def _charge(made: _Made, path: str, rows: Sequence[Row]) -> Definition:
    charge: Definition = {}
    made.came_from(path, rows[0])
    for column, key in CHARGE.items():
        row, text = _same(made, rows, column)
        made.columns[f"{path}.{key}"] = column
        if row is not None:
            made.came_from(f"{path}.{key}", row)
            charge[key] = text
    if charge.get("kind", "energy") not in KINDS:
        words = _("Rows state the kinds energy and fixed. Put %s into the column definition.")
        made.faults.append(Fault(rows[0].number, "kind", words % charge["kind"][:40]))
    groups = _by([row for row in rows if _is_priced(row.cells)], "season", "band")
    if not groups:
        words = _("The charge has no price.")
        made.faults.append(Fault(rows[0].number, "price", words))
    elif list(groups) == [("", "")]:
        charge |= _prices(made, path, groups["", ""])
    else:
        charge["prices"] = [
            _place(made, f"{path}.prices[{i}]", season, band, group)
            for i, ((season, band), group) in enumerate(groups.items())
        ]
    return charge


def _is_priced(cells: Cells) -> bool:
    return any(column in cells for column in (*PRICE, "slab up to", "slab from"))


def _place(made: _Made, path: str, season: str, band: str, rows: Sequence[Row]) -> Definition:
    """Return the prices of one season and band."""
    made.came_from(path, rows[0])
    made.columns |= {f"{path}.season": "season", f"{path}.band": "band"}
    named = {key: text for key, text in (("season", season), ("band", band)) if text}
    return {**named, **_prices(made, path, rows)}


def _prices(made: _Made, path: str, rows: Sequence[Row]) -> Definition:
    """Return one price, or the slabs of a price."""
    if len(rows) == 1 and not {"slab up to", "slab from"} & set(rows[0].cells):
        return _price(made, path, rows[0])
    slabs = []
    for i, row in enumerate(rows):
        at = f"{path}.slabs[{i}]"
        slab = _price(made, at, row)
        made.came_from(at, row)
        made.columns[f"{at}.up_to"] = "slab up to"
        if "slab up to" in row.cells:
            slab["up_to"] = row.cells["slab up to"]
        slabs.append(slab)
    _check_froms(made, rows)
    return {"slabs": slabs}


def _price(made: _Made, path: str, row: Row) -> Definition:
    made.columns |= {f"{path}.{key}": column for column, key in PRICE.items()}
    return {key: row.cells[column] for column, key in PRICE.items() if column in row.cells}


def _check_froms(made: _Made, rows: Sequence[Row]) -> None:
    """Read "from 101" after "up to 100" as over 100, and say so; refuse any other gap."""
    lower: Decimal | None = Decimal(0)
    for row in rows:
        start, text = _number(row.cells.get("slab from")), row.cells.get("slab from", "")
        if text and lower is not None and start != lower:
            words = {"row": row.number, "text": text, "lower": f"{lower:f}"}
            if start == lower + 1:
                said = _("Row %(row)s: from %(text)s is read as over %(lower)s.")
                made.notes.append(said % words)
            else:
                said = _("From %(text)s does not follow the slab above, which ends at %(lower)s.")
                made.faults.append(Fault(row.number, "slab from", said % words))
        lower = _number(row.cells.get("slab up to"))


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None

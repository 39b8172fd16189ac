"""Reads a price book from the first sheet of an Excel workbook; nothing in it is computed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from tariffs.exchange.columns import RANGE, headings
from tariffs.exchange.entries import Fault, FileRefused, Row
from tariffs.exchange.limits import LONGEST_CELL, MOST_CELLS, MOST_UNPACKED, refuse_many_rows

FORMULA, ERROR = "f", "e"
MIDNIGHT = time(0)


def rows(content: bytes) -> list[Row]:
    """Return the filled rows below the headings.

    :raises FileRefused: if it is no workbook, too large, or its headings are unknown
    """
    _refuse_bomb(content)
    lines = _lines(content)
    first = next(lines, ())
    if any(cell.data_type == FORMULA for cell in first):
        raise FileRefused(_("The first row holds a formula. Write the names of the columns."))
    names = headings([_text(cell) for cell in first])
    found = []
    for number, cells in enumerate(lines, start=2):
        refuse_many_rows(number)
        if any(cell.value not in (None, "") for cell in cells):
            found.append(_row(number, names, cells))
    return found


def _refuse_bomb(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except (BadZipFile, ValueError, OSError):
        raise FileRefused(_("The file is not an Excel workbook (.xlsx).")) from None
    if size > MOST_UNPACKED:
        raise FileRefused(_("The workbook is too large when it is unpacked. Divide it."))


def _lines(content: bytes) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of cells; a broken workbook may raise almost anything."""
    try:
        book = load_workbook(BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        yield from sheet.iter_rows(max_col=MOST_CELLS)
    except FileRefused:
        raise
    except Exception as error:
        words = {"error": type(error).__name__}
        said = _("The Excel workbook is damaged (%(error)s). Save it again as .xlsx.")
        raise FileRefused(said % words) from error


def _row(number: int, names: list[str], cells: tuple[Any, ...]) -> Row:
    faults, kept = [], {}
    for place, cell in enumerate(cells):
        if cell.value in (None, ""):
            continue
        if place >= len(names):
            faults.append(Fault(number, "", _("The row has more cells than there are headings.")))
            break
        if words := _refused(cell):
            faults.append(Fault(number, names[place], words))
        elif text := _of_year(cell) if names[place] in RANGE else _text(cell):
            kept[names[place]] = text
    return Row(number, kept, tuple(faults))


def _refused(cell: Any) -> str:
    """Say why a cell is not taken; empty if it is."""
    if cell.data_type == FORMULA:
        return _("The cell holds a formula. Write its value.")
    if cell.data_type == ERROR:
        return _("The cell holds an error: %s.") % str(cell.value)[:20]
    if isinstance(cell.value, str) and len(cell.value) > LONGEST_CELL:
        return _("The cell holds too long a text.")
    return ""


def _of_year(cell: Any) -> str:
    """Return a month and day; spreadsheets make a date of 11-01 as soon as it is typed."""
    return f"{cell.value:%m-%d}" if isinstance(cell.value, date) else _text(cell)


def _text(cell: Any) -> str:
    """Return what a person sees: days and times as we write them, numbers with their digits."""
    value = cell.value
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        is_percentage = "%" in (cell.number_format or "")
        return _number(Decimal(repr(value)) * 100 if is_percentage else Decimal(repr(value)))
    if isinstance(value, datetime) and value.time() == MIDNIGHT:
        return value.date().isoformat()
    if isinstance(value, timedelta):
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return f"{hours:02}:{minutes:02}"
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "auto")
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _number(value: Decimal) -> str:
    """Return the digits of a number, with no zeros that nobody wrote."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

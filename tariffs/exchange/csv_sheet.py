"""Reads a price book that a spreadsheet saved as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from core.csv_export import safe_cell
from tariffs.exchange.columns import NUMBERS, headings
from tariffs.exchange.entries import Fault, FileRefused, Row
from tariffs.exchange.limits import LONGEST_CELL, MOST_CELLS, refuse_many_rows

DELIMITERS = ",;\t"
DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def rows(content: bytes) -> list[Row]:
    """Return the filled rows below the headings.

    :raises FileRefused: if it is no text in UTF-8, no CSV, or its headings are unknown
    """
    text = _text(content)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    names = headings(next(lines, []))
    found = []
    for number, cells in enumerate(lines, start=2):
        refuse_many_rows(number)
        if any(cell.strip() for cell in cells):
            found.append(_row(number, names, cells, has_commas=delimiter != ","))
    return found


def _text(content: bytes) -> str:
    """Return the text without the mark that spreadsheets put before it."""
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said = _("Line %(line)s is not UTF-8. Save the file as “CSV UTF-8”.")
        raise FileRefused(said % {"line": line}) from None
    if not text.strip():
        raise FileRefused(_("The file is empty."))
    if "\0" in text:
        raise FileRefused(_("The file is not a text. Save it as “CSV UTF-8”."))
    return text


def _delimiter(text: str) -> str:
    """Return what divides the cells of the first row: a comma, a semicolon or a tab."""
    first = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > MOST_CELLS or any(len(cell) > LONGEST_CELL for cell in cells):
                words = {"line": reader.line_num}
                raise FileRefused(_("Line %(line)s is too long to be of a price book.") % words)
            yield cells
    except csv.Error as error:
        said = _("Line %(line)s is not CSV: %(error)s.")
        raise FileRefused(said % {"line": reader.line_num, "error": error}) from None


def _row(number: int, names: list[str], cells: list[str], *, has_commas: bool) -> Row:
    faults, notes, kept = [], [], {}
    if any(cell.strip() for cell in cells[len(names) :]):
        faults.append(Fault(number, "", _("The row has more cells than there are headings.")))
    for name, cell in zip(names, cells, strict=False):
        text = read = _bare(cell)
        if has_commas and name in NUMBERS and DECIMAL_COMMA.fullmatch(text):
            read = text.replace(",", ".")
            if THOUSANDS.fullmatch(text):
                faults.append(Fault(number, name, _thousand(text)))
            said = _("Row %(row)s: %(text)s is read as %(read)s.")
            notes.append(said % {"row": number, "text": text, "read": read})
        if read:
            kept[name] = read
    return Row(number, kept, tuple(faults), tuple(notes))


def _thousand(text: str) -> str:
    words = {"text": text, "whole": text.replace(",", "")}
    return _("%(text)s may be a thousand or a decimal. Write %(whole)s, or use a point.") % words


def _bare(cell: str) -> str:
    """Return the text without blanks around it and the quote that keeps it from computing."""
    text = cell.strip()
    if text.startswith("'") and safe_cell(text[1:]) == text:
        return text[1:].strip()
    return text

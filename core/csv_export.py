"""Files for spreadsheets, a line at a time: text stays text, and numbers stay numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from unicodedata import normalize

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

Cell = str | int | Decimal | date | datetime | None
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take the file for UTF-8 then


class _Line:
    """A file of one line at a time: what is written is handed back."""

    def write(self, text: str) -> str:
        return text


def attachment(rows: Iterable[Iterable[Cell]], *, name: str) -> StreamingHttpResponse:
    """Return an answer that saves the rows as a file of this name, kept by no cache."""
    response = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Yield the lines of a CSV file, every cell quoted, its text safe to open."""
    yield BYTE_ORDER_MARK
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    for row in rows:
        yield writer.writerow([_shown(cell) for cell in row])


def safe_cell(text: str) -> str:
    """Return the text, with a quote before it if a spreadsheet would compute it.

    Full-width signs and leading blanks count too: some programs read through both.
    """
    plain = normalize("NFKC", text)
    if plain.startswith(STARTS_A_FORMULA) or plain.lstrip().startswith(STARTS_A_FORMULA):
        return f"'{text}"
    return text


def _shown(cell: Cell) -> str:
    """Return a typed number as it is, so that a negative amount survives, and text made safe."""
    if cell is None:
        return ""
    if isinstance(cell, int | Decimal):
        return str(cell)
    return cell.isoformat() if isinstance(cell, date) else safe_cell(str(cell))

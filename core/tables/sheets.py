"""The files of a list: CSV and Excel, all rows that match and not only the page.

A file is whole or is not made: above the limit of its form the person is told to narrow the list.
Text stays text in both, whatever it begins with; amounts, quantities and days are values.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core import csv_export, formats
from core.csv_export import Cell, safe_cell
from core.tables import counting
from core.tables.asked import Asked
from core.tables.cells import Link, Moment, Money, Quantity, Tag, Value
from core.tables.columns import Column, Kind
from core.tables.table import MOST_ROWS, Shape

CHUNK = 1000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TITLE = 31
WIDTHS = {Kind.TEXT: 18, Kind.LINK: 18, Kind.DAY: 12, Kind.TAG: 14}


class TooManyRows(Exception):
    """More rows match than a file of this form holds; `most` is how many it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} rows")
        self.most = most


def answer(
    form: str, asked: Asked, rows: QuerySet[Any], *, shape: Shape, name: str
) -> HttpResponseBase:
    """Return the file of the narrowed rows in their order.

    :param form: csv or xlsx
    :param name: of the file, without its ending
    :raises TooManyRows: if more rows match than `MOST_ROWS` allows
    """
    most = MOST_ROWS[form]
    if counting.upto(rows, most).is_more:
        raise TooManyRows(most)
    cells = _cells(asked, rows, shape)
    if form == "csv":
        return csv_export.attachment(_plain(asked.columns, cells), name=f"{name}.csv")
    return _workbook(asked, cells, name=f"{name}.xlsx")


def _cells(asked: Asked, rows: QuerySet[Any], shape: Shape) -> Iterator[list[Value]]:
    """Yield the cells of all rows, shaped some at a time."""
    chunk: list[Any] = []
    for row in asked.order.of(rows).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _shaped(asked, shape(chunk))
            chunk = []
    yield from _shaped(asked, shape(chunk))


def _shaped(asked: Asked, rows: Sequence[Any]) -> Iterator[list[Value]]:
    for row in rows:
        yield [getattr(row, column.key) for column in asked.columns]


def _plain(columns: Sequence[Column], rows: Iterable[list[Value]]) -> Iterator[list[Cell]]:
    yield [head for column in columns for head in _heads(column)]
    for row in rows:
        yield [
            part
            for column, value in zip(columns, row, strict=True)
            for part in _parts(column, value)
        ]


def _heads(column: Column) -> list[str]:
    """Return the head of a column, and one more for what its values are counted in."""
    word = str(column.word)
    if column.unit:
        return [_("%(what)s in %(unit)s") % {"what": word, "unit": column.unit}]
    if column.kind == Kind.MONEY:
        return [word, _("%(what)s: currency") % {"what": word}]
    if column.kind == Kind.QUANTITY:
        return [word, _("%(what)s: unit") % {"what": word}]
    return [word]


def _parts(column: Column, value: Value) -> list[Cell]:
    """Return the value and, where the column has no unit of its own, what it is counted in."""
    if column.unit or column.kind not in (Kind.MONEY, Kind.QUANTITY):
        return [_bare(value)]
    if isinstance(value, Money):
        return [value.value, value.currency]
    return [_bare(value), formats.unit_name(value.unit) if isinstance(value, Quantity) else None]


def _bare(value: Value) -> Cell:
    if isinstance(value, Money | Quantity):
        return value.value
    if isinstance(value, Tag):
        return value.word
    if isinstance(value, Link):
        return value.text
    if isinstance(value, Moment):
        return value.at.astimezone(value.zone)
    return value


def _workbook(asked: Asked, rows: Iterable[list[Value]], *, name: str) -> FileResponse:
    kinds = [column.kind for column in asked.columns for _head in _heads(column)]
    widths = [WIDTHS.get(kind, 14) for kind in kinds]
    plain = _plain(asked.columns, rows)
    return workbook(plain, title=str(asked.table.name), widths=widths, name=name)


def workbook(
    rows: Iterable[Sequence[Cell]], *, title: str, widths: Sequence[int], name: str
) -> FileResponse:
    """Return the answer that saves rows as a workbook, kept by no cache."""
    file = written(rows, title=title, widths=widths)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)
    response["Cache-Control"] = "private, no-store"
    return response


def written(rows: Iterable[Sequence[Cell]], *, title: str, widths: Sequence[int]) -> IO[bytes]:
    """Write rows, their heads first, into a temporary file, which is gone once it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", title)[:LONGEST_TITLE])
    sheet.freeze_panes = "B2"
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for place, row in enumerate(rows):
        sheet.append([_typed(sheet, value, is_head=place == 0) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  who asked for it closes it
    book.save(file)
    file.seek(0)
    return file


def _typed(sheet: Any, value: Cell, *, is_head: bool) -> Any:
    cell = WriteOnlyCell(sheet)
    if value is None:
        return cell
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.value = text
        cell.data_type = "s"  # else what begins with "=" would be a formula
        cell.quotePrefix = safe_cell(text) != text  # and stays text when it is edited
        if is_head:
            cell.font = Font(bold=True)
        return cell
    cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    if isinstance(value, Decimal):
        cell.number_format = _digits(value)
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _digits(value: Decimal) -> str:
    """Return a format with the decimals that the value has."""
    places = len(f"{value:f}".partition(".")[2])
    return f"#,##0.{'0' * places}" if places else "#,##0"

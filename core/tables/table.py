"""A list of the house, and one page of it ready for its template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise

from core.pages import render_part, say
from core.tables import counting
from core.tables.asked import AFTER, BEFORE, COLUMNS, SORT, Asked
from core.tables.cells import Value
from core.tables.columns import Column
from core.tables.filters import Filter
from core.tables.paging import PAGE_SIZE, NoSuchPlace, key_page

Shape = Callable[[Sequence[Any]], Sequence[Any]]
MOST_ROWS = {"csv": 200_000, "xlsx": 20_000}  # of a file, by its form


@dataclass(frozen=True)
class View:
    """A saved view: a word, and the query of the address that makes it."""

    word: str | Promise
    query: str


@dataclass(frozen=True)
class Action:
    """What can be done with several rows; `url` is its page of confirmation.

    Where one page confirms many deeds, `key` tells them apart and they are offered as one choice.
    """

    word: str | Promise
    url: str
    most: int = 1000  # at a time
    key: str = ""


@dataclass(frozen=True)
class Table:
    """What is the same in every request for a list.

    `sort` is the key of a column, with a minus for descending; `-pk` is by the newest row.
    """

    name: str  # of its part of the page, and the beginning of the ids in it
    caption: str | Promise
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = "-pk"
    views: Sequence[View] = ()
    actions: Sequence[Action] = ()
    nothing: str | Promise = ""  # said where there is no row at all
    nothing_found: str | Promise = ""  # said where no row passes the filters
    size: int = PAGE_SIZE

    def asked(self, said: QueryDict) -> Asked:
        """Read what an address wants of this list."""
        return Asked(self, said)


@dataclass(frozen=True)
class Head:
    """The head of a column; the address that sorts by it is empty where that is not offered."""

    column: Column
    url: str
    sorted: str  # as aria-sort says it, or empty

    @property
    def mark(self) -> str:
        return {"ascending": "▲", "descending": "▼"}.get(self.sorted, "")


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Value


@dataclass(frozen=True)
class Line:
    """One row as it is shown."""

    pk: int
    name: str  # how the row is called where it is ticked
    cells: Sequence[Cell]


class Listing:
    """One page of a list, as `components/table.html` shows it.

    :param rows: already narrowed by `asked`; `shape` turns a page of them into objects whose
        attributes are the cells, in a constant number of queries; `files` is the address of the
        files, without their ending; `count` is how many rows match, where the caller knows
    """

    def __init__(
        self,
        asked: Asked,
        rows: QuerySet[Any],
        *,
        shape: Shape = list,
        files: str = "",
        count: int | None = None,
    ) -> None:
        self.asked, self.table = asked, asked.table
        self.actions = self.table.actions
        self.files = files
        self.page = _page(asked, rows)
        self.lines = list(_lines(asked, self.page.rows, shape(self.page.rows)))
        self.matching = _matching(rows, self.actions, count) if self.lines else None

    @property
    def most_rows(self) -> dict[str, int]:
        return MOST_ROWS

    @property
    def has_pages(self) -> bool:
        return bool(self.page.before or self.page.after)

    @property
    def previous_url(self) -> str:
        return self.asked.url(**{BEFORE: self.page.before}) if self.page.before else ""

    @property
    def next_url(self) -> str:
        return self.asked.url(**{AFTER: self.page.after}) if self.page.after else ""

    @property
    def first_url(self) -> str:
        return self.asked.url()

    @property
    def shown_keys(self) -> str:
        return ",".join(str(line.pk) for line in self.lines)

    def heads(self) -> Iterator[Head]:
        for column in self.asked.columns:
            yield self._head(column)

    def sortable(self) -> list[Head]:
        """Return the heads that sort, for a narrow screen where there is no row of heads."""
        return [head for head in self.heads() if head.url]

    def choices(self) -> Iterator[tuple[Column, bool]]:
        """Yield the columns that may be left out, and whether each is shown."""
        shown = {column.key for column in self.asked.columns}
        for column in self.table.columns[1:]:
            yield column, column.key in shown

    def views(self) -> Iterator[tuple[View, str, bool]]:
        """Yield the saved views, their addresses, and whether each is what is shown."""
        own = {SORT, COLUMNS, AFTER, BEFORE}
        said = {k: v for k, v in self.asked.said.items() if v and k not in own}
        for view in self.table.views:
            wanted = QueryDict(view.query).dict()
            is_here = said == {k: v for k, v in wanted.items() if k not in own}
            yield view, f"?{view.query}", is_here

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column, "", "")
        is_here = self.asked.sort.removeprefix("-") == column.key
        is_down = is_here and self.asked.sort.startswith("-")
        turned = column.key if is_down or not is_here else f"-{column.key}"
        told = ("descending" if is_down else "ascending") if is_here else ""
        return Head(column, self.asked.url(**{SORT: turned}), told)


def respond(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, said: str
) -> HttpResponse:
    """Answer with the page or, to htmx, its part; 422 while the filters are wrong.

    :param context: holds the `Listing` as `list`
    :param said: what a screen reader hears when the part was swapped in
    """
    listing: Listing = context["list"]
    status = 200 if listing.asked.is_valid else 422
    response = render_part(request, template, part, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return say(response, said)


def _page(asked: Asked, rows: QuerySet[Any]) -> Any:
    """Return the page that was asked for; a place that is none is the beginning."""
    said, size = asked.said, asked.table.size
    after, before = said.get(AFTER, ""), said.get(BEFORE, "")
    try:
        return key_page(rows, asked.order, after=after, before=before, size=size)
    except NoSuchPlace:
        return key_page(rows, asked.order, size=size)


def _matching(
    rows: QuerySet[Any], actions: Sequence[Action], count: int | None
) -> counting.Matching | None:
    """Count the rows as far as something may be done with them at a time."""
    most = max((action.most for action in actions), default=0)
    if not most:
        return None
    if count is None:
        return counting.upto(rows, most)
    return counting.Matching(min(count, most), count > most)


def _lines(asked: Asked, rows: Sequence[Any], shaped: Sequence[Any]) -> Iterator[Line]:
    for row, shown in zip(rows, shaped, strict=True):
        cells = [Cell(column, getattr(shown, column.key)) for column in asked.columns]
        yield Line(row.pk, str(getattr(cells[0].value, "text", cells[0].value)), cells)

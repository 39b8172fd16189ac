"""What an address asks of a list, and the addresses that ask for a little more or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from core.tables.columns import Column, chosen
from core.tables.filters import Amounts, Days, Month, form_of
from core.tables.paging import Order

if TYPE_CHECKING:
    from core.tables.table import Table

SORT, COLUMNS, AFTER, BEFORE = "sort", "columns", "after", "before"
OF_A_PAGE = (AFTER, BEFORE)


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    words: str
    url: str


class Asked:
    """The state of a list, wholly read from the address; what is nonsense there is not asked."""

    def __init__(self, table: Table, said: QueryDict) -> None:
        self.table = table
        self.said = said

    @cached_property
    def form(self) -> forms.Form:
        """Return the filters as the address fills them; it may be wrong (422)."""
        return form_of(self.table.filters, self.said)

    @cached_property
    def is_valid(self) -> bool:
        return self.form.is_valid()

    @cached_property
    def columns(self) -> list[Column]:
        return chosen(self.table.columns, self.said.getlist(COLUMNS))

    @cached_property
    def sort(self) -> str:
        """Return the key of the column that rows are sorted by, with a minus for descending."""
        wanted = self.said.get(SORT, "")
        known = {column.key for column in self.table.columns if column.sort}
        return wanted if wanted.removeprefix("-") in known else self.table.sort

    @property
    def order(self) -> Order:
        key = self.sort.removeprefix("-")
        column = next((each for each in self.table.columns if each.key == key), None)
        if column is None:
            return Order(is_descending=self.sort.startswith("-"))
        return Order(column.sort, self.sort.startswith("-"), column.can_be_empty)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips)

    @cached_property
    def chips(self) -> list[Chip]:
        said = self.form.cleaned_data if self.is_valid else {}
        return [
            Chip(words, self.url(**dict.fromkeys(parts)))
            for each in self.table.filters
            for words, parts in each.chips(said)
        ]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields of words and choices, which are always in sight."""
        return [field for field in self.form.visible_fields() if field.name not in self._ranges]

    @property
    def range_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name in self._ranges]

    @property
    def is_ranged(self) -> bool:
        """Tell whether a range is on, so that its fields are shown too."""
        return any(self.said.get(name) for name in self._ranges)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of the rows that pass the filters; none while the filters are wrong."""
        if not self.is_valid:
            return rows.none()
        for each in self.table.filters:
            rows = each.narrow(rows, self.form.cleaned_data)
        return rows

    def url(self, **changes: str | None) -> str:
        """Return the query of the address with these parts changed, from the first page on."""
        kept = self.said.copy()
        for name in OF_A_PAGE:
            kept.pop(name, None)
        for name, value in changes.items():
            kept.pop(name, None)
            if value:
                kept[name] = value
        return f"?{kept.urlencode()}" if kept else "?"

    @property
    def url_of_all(self) -> str:
        """Return the query without any filter; sort and columns stay."""
        return self.url(**dict.fromkeys(self._filter_names()))

    @property
    def query(self) -> str:
        """Return what the files of this list are asked by."""
        return self.url().removeprefix("?")

    @property
    def kept(self) -> str:
        """Return the query of filters, order and columns alone, as a saved view keeps it."""
        names = (*self._filter_names(), SORT, COLUMNS)
        kept = QueryDict(mutable=True)
        for name, values in self.said.lists():
            if name in names:
                kept.setlist(name, [value for value in values if value])
        return kept.urlencode()

    def hidden(self, *, but: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """Yield what a form has to carry so that the list stays as it is."""
        left_out = {*OF_A_PAGE, *but}
        for name, values in self.said.lists():
            if name not in left_out:
                yield from ((name, value) for value in values if value)

    def kept_by_filters(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.hidden() if name in (SORT, COLUMNS)]

    def kept_by_chooser(self) -> list[tuple[str, str]]:
        return list(self.hidden(but=[COLUMNS]))

    def kept_by_bulk(self) -> list[tuple[str, str]]:
        return [(n, v) for n, v in self.hidden() if n in (*self._filter_names(), SORT)]

    @cached_property
    def _ranges(self) -> set[str]:
        ranged = (each for each in self.table.filters if isinstance(each, Days | Amounts | Month))
        return {name for each in ranged for name in each.fields()}

    def _filter_names(self) -> list[str]:
        return list(self.form.fields)

"""The columns of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Kind(StrEnum):
    """How a column is set: amounts, quantities and numbers stand at the end of their cell."""

    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    NUMBER = "number"
    DAY = "day"
    TAG = "tag"
    LINK = "link"


AT_THE_END = frozenset({Kind.MONEY, Kind.QUANTITY, Kind.NUMBER})


@dataclass(frozen=True)
class Column:
    """One column; the cell of a row is the row's attribute of the same name as the key.

    `sort` is a field or an annotation of the query set; it stands in the address of the next
    page, so nothing personal is sorted by. `can_be_empty` tells that it may be NULL: such rows
    come last in both directions.
    """

    key: str
    word: str | Promise
    kind: Kind = Kind.TEXT
    sort: str = ""
    can_be_empty: bool = False
    is_shown: bool = True
    unit: str = ""  # said in the head, when all cells have the same

    @property
    def is_at_the_end(self) -> bool:
        return self.kind in AT_THE_END


def chosen(columns: Sequence[Column], keys: Sequence[str]) -> list[Column]:
    """Return the columns that were asked for, else those shown unasked; the first one always."""
    known = {column.key for column in columns}
    wanted = known & set(keys)
    return [
        column
        for place, column in enumerate(columns)
        if place == 0 or (column.key in wanted if wanted else column.is_shown)
    ]

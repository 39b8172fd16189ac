"""Pages by key: the next page costs the same wherever it is, and no row comes twice or never.

Rows stand in the order of a value and, where it is the same, of their key. Rows without a value
come last in both directions, by a query of their own: so one index serves both directions, and
both databases agree on where NULL stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet

PAGE_SIZE = 50
GREATEST = 2**63 - 1
KEY = "order_key"  # the annotation that holds the value of the order
EMPTY, HELD = "-", "."  # how a place begins in an address
Row = TypeVar("Row", bound=Model)


class NoSuchPlace(ValueError):
    """An address names a place that no page of this list begins at."""


@dataclass(frozen=True)
class Order:
    """By which field or annotation rows stand, and in which direction."""

    by: str = "pk"
    is_descending: bool = True
    can_be_empty: bool = False

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return all rows in this order, for what is read as a whole."""
        last = True if self.can_be_empty else None
        if self.is_descending:
            return rows.order_by(F(self.by).desc(nulls_last=last), "-pk")
        return rows.order_by(F(self.by).asc(nulls_last=last), "pk")


@dataclass(frozen=True)
class Place:
    """A row in the order: its value, or None, and its key."""

    value: Any
    key: int

    def __str__(self) -> str:
        """Return the place as an address carries it."""
        if self.value is None:
            return f"{EMPTY}~{self.key}"
        is_dated = isinstance(self.value, date | datetime)
        return f"{HELD}{self.value.isoformat() if is_dated else self.value}~{self.key}"


@dataclass(frozen=True)
class KeyPage(Generic[Row]):
    """Rows in order, and where the pages before and after them begin; empty if there is none."""

    rows: Sequence[Row]
    before: str
    after: str


def key_page(
    rows: QuerySet[Row], order: Order, *, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> KeyPage[Row]:
    """Return a page of the rows; one query, two where it reaches rows without a value.

    :raises NoSuchPlace: if `after` or `before` is no place of this order
    """
    keyed = rows.annotate(**{KEY: F(order.by)})
    text = after or before
    place = _place(keyed, text) if text else None
    is_back = not after and bool(before)
    found = _walk(keyed, order, place, is_back=is_back, most=size + 1)
    has_more, shown = len(found) > size, found[:size]
    if is_back and not has_more:  # the first page is always a whole one
        return key_page(rows, order, size=size)
    if is_back:
        shown.reverse()
    return KeyPage(
        shown,
        str(_place_of(shown[0])) if shown and (has_more if is_back else after) else "",
        str(_place_of(shown[-1])) if shown and (is_back or has_more) else "",
    )


def _walk(
    rows: QuerySet[Row], order: Order, place: Place | None, *, is_back: bool, most: int
) -> list[Row]:
    found: list[Row] = []
    for part in _parts(rows, order, place, is_back=is_back):
        found += part[: most - len(found)]
        if len(found) == most:
            break
    return found


def _parts(
    rows: QuerySet[Row], order: Order, place: Place | None, *, is_back: bool
) -> Iterator[QuerySet[Row]]:
    """Yield the rows with a value and those without, from the place on, as one walks."""
    is_down = order.is_descending != is_back
    sign = "-" if is_down else ""
    held = rows.filter(**{f"{KEY}__isnull": False}) if order.can_be_empty else rows
    held = held.order_by(f"{sign}{KEY}", f"{sign}pk")
    empty = rows.filter(**{f"{KEY}__isnull": True}).order_by(f"{sign}pk")
    if place is not None and place.value is not None:
        yield held.filter(_beyond(place, is_down=is_down))
        if order.can_be_empty and not is_back:
            yield empty
    elif place is not None:
        yield empty.filter(**{"pk__lt" if is_down else "pk__gt": place.key})
        if is_back:
            yield held
    else:
        yield held
        if order.can_be_empty:
            yield empty


def _beyond(place: Place, *, is_down: bool) -> Q:
    """Select what follows; the first condition alone bounds the index."""
    sign = "lt" if is_down else "gt"
    further = Q(**{f"{KEY}__{sign}": place.value}) | Q(**{f"pk__{sign}": place.key})
    return Q(**{f"{KEY}__{sign}e": place.value}) & further


def _place_of(row: Model) -> Place:
    return Place(getattr(row, KEY), row.pk)


def _place(rows: QuerySet[Any], text: str) -> Place:
    said, _tilde, key = text.rpartition("~")
    field: Field[Any, Any] = rows.query.annotations[KEY].output_field
    if said == EMPTY:
        return Place(None, _whole(key))
    if not said.startswith(HELD) or "\0" in said:
        raise NoSuchPlace(text[:80])
    try:
        value = field.to_python(said.removeprefix(HELD))
    except (ValidationError, ValueError, ArithmeticError) as error:
        raise NoSuchPlace(text[:80]) from error
    if not _can_be_compared(value):
        raise NoSuchPlace(text[:80])
    return Place(value, _whole(key))


def _whole(text: str) -> int:
    try:
        key = int(text)
    except ValueError as error:
        raise NoSuchPlace(text[:80]) from error
    if not 0 <= key <= GREATEST:
        raise NoSuchPlace(text[:80])
    return key


def _can_be_compared(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, int) or abs(value) <= GREATEST

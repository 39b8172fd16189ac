"""Pages of long lists by key: the next page costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class KeyPage(Generic[Row]):
    """Rows with the newest key first; `older` is where the next page begins, if there is one."""

    rows: Sequence[Row]
    older: int | None
    is_first: bool


def key_page(
    rows: QuerySet[Row], *, before: int | None = None, size: int = PAGE_SIZE
) -> KeyPage[Row]:
    """Return the rows whose key is smaller than `before`, the greatest first; one query."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return KeyPage(shown, shown[-1].pk if len(found) > size else None, before is None)

"""Counting without reading a whole table: so many, or more than a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Matching:
    """How many rows match, counted up to a limit."""

    count: int
    is_more: bool  # than the limit, which is then the count


def upto(rows: QuerySet[Any], most: int) -> Matching:
    """Count the rows, but no further than the limit."""
    found = rows.order_by().values("pk")[: most + 1].count()
    return Matching(min(found, most), found > most)

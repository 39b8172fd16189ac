"""Periods of one key that must not share a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, quote

RANGES = {"time": "tstzrange", "day": "daterange"}


class NoOverlap(Guard):
    """Refuse two rows of the same keys whose half-open periods share a moment.

    A period without an end lasts for ever. PostgreSQL keeps it by an exclusion constraint (with
    the extension btree_gist), SQLite by triggers.

    :param of: whether the bounds are moments ("time") or dates ("day")
    :param nulls_as: for key columns that may be null, the SQL literal that stands for null
    :param condition: SQL over the row's own columns; other rows are free to overlap
    """

    def __init__(
        self,
        table: str,
        name: str,
        *,
        keys: Sequence[str],
        start: str,
        end: str,
        of: Literal["time", "day"] = "time",
        nulls_as: Mapping[str, str] | None = None,
        condition: str = "",
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.name = name
        self.keys = tuple(keys)
        self.start = start
        self.end = end
        self.of = of
        self.nulls_as = dict(nulls_as or {})
        self.condition = condition

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        return self._sqlite() if vendor == "sqlite" else [self._postgresql()]

    def _key(self, column: str, row: str = "") -> str:
        name = f"{row}{quote(column)}"
        if column in self.nulls_as:
            return f"COALESCE({name}, {self.nulls_as[column]})"
        return name

    def _postgresql(self) -> Piece:
        keys = [f"({self._key(column)}) WITH =" for column in self.keys]
        period = f"{RANGES[self.of]}({quote(self.start)}, {quote(self.end)}, '[)') WITH &&"
        where = f" WHERE ({self.condition})" if self.condition else ""
        return postgresql.constraint(
            self.table,
            self.name,
            f"EXCLUDE USING gist ({', '.join([*keys, period])}){where}",
            before=("CREATE EXTENSION IF NOT EXISTS btree_gist",),
        )

    def _sqlite(self) -> list[Piece]:
        rows = f"(SELECT * FROM {quote(self.table)} WHERE {self.condition or '1'})"
        keys = " AND ".join(
            f"{self._key(column, 'a.')} = {self._key(column, 'b.')}" for column in self.keys
        )
        start, end = quote(self.start), quote(self.end)
        overlap = (
            f"EXISTS (SELECT 1 FROM {rows} a JOIN {rows} b ON a.id <> b.id AND {keys} "
            f"AND (b.{end} IS NULL OR a.{start} < b.{end}) "
            f"AND (a.{end} IS NULL OR b.{start} < a.{end}) "
            f"AND (b.{end} IS NULL OR b.{start} < b.{end}) "
            f"AND (a.{end} IS NULL OR a.{start} < a.{end}) WHERE a.id = NEW.id)"
        )
        return [
            sqlite.trigger(
                self.table,
                f"{self.name}_{event.lower()}",
                f"AFTER {event}",
                overlap,
                f"{self.name}: periods overlap",
            )
            for event in ("INSERT", "UPDATE")
        ]

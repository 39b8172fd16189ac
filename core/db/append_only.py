"""Rows that are written once and stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, updates


class AppendOnly(Guard):
    """Refuse to delete rows of a table, or to update any column but those named.

    :param may_delete: for rows that are kept for some time only; they are never changed either

    :param unique: unique keys of the table beside its id, so that SQLite refuses to replace rows
    :param nulls_equal: whether two nulls in the first column of a key are the same
    """

    def __init__(
        self,
        table: str,
        *,
        may_update: Sequence[str] = (),
        unique: Sequence[Sequence[str]] = (),
        nulls_equal: bool = False,
        may_delete: bool = False,
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.may_update = tuple(may_update)
        self.unique = tuple(tuple(key) for key in unique)
        self.nulls_equal = nulls_equal
        self.may_delete = may_delete

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def rights(self) -> dict[str, tuple[str, ...]]:
        deleting = ("DELETE",) if self.may_delete else ()
        return {self.table: ("SELECT", "INSERT", *updates(self.may_update), *deleting)}

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        fixed = [column for column in columns[self.table] if column not in self.may_update]
        if vendor == "sqlite":
            return self._sqlite(fixed)
        return [
            postgresql.refusing(
                self.table,
                "no_update",
                "UPDATE",
                "rows are never changed",
                postgresql.changed(fixed) if self.may_update else "",
            ),
            *self._undeleted(postgresql),
            postgresql.no_truncate(self.table),
        ]

    def _sqlite(self, fixed: list[str]) -> list[Piece]:
        return [
            sqlite.trigger(
                self.table,
                "no_update",
                "BEFORE UPDATE",
                sqlite.changed(fixed) if self.may_update else "1",
                "rows are never changed",
            ),
            *self._undeleted(sqlite),
            sqlite.no_replace(self.table, self.unique, nulls_equal=self.nulls_equal),
        ]

    def _undeleted(self, dialect: Any) -> list[Piece]:
        if self.may_delete:
            return []
        return [dialect.refusing(self.table, "no_delete", "DELETE", "rows are never deleted")]

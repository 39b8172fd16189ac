"""Documents that stop changing in some states, and the rows that belong to them."""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, listed, quote


class Frozen(Guard):
    """Refuse to change or delete a row in given states, but for named columns.

    If the state column is named, a frozen row may only move to another frozen state.

    :param unique: unique keys of the table beside its id, so that SQLite refuses to replace rows
    """

    def __init__(
        self,
        table: str,
        when_column: str,
        frozen_values: Sequence[str],
        but_columns: Sequence[str] = (),
        *,
        unique: Sequence[Sequence[str]] = (),
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.when_column = when_column
        self.frozen_values = tuple(frozen_values)
        self.but_columns = tuple(but_columns)
        self.unique = tuple(tuple(key) for key in unique)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        fixed = [column for column in columns[self.table] if column not in self.but_columns]
        state, values = quote(self.when_column), listed(self.frozen_values)
        was_frozen = f"OLD.{state} IN ({values})"
        dialect = sqlite if vendor == "sqlite" else postgresql
        broken = f"{was_frozen} AND ({dialect.changed(fixed)} OR NEW.{state} NOT IN ({values}))"
        if vendor == "sqlite":
            return [
                sqlite.trigger(
                    self.table, "frozen", "BEFORE UPDATE", broken, "a frozen row never changes"
                ),
                sqlite.trigger(
                    self.table, "kept", "BEFORE DELETE", was_frozen, "a frozen row is never deleted"
                ),
                sqlite.no_replace(self.table, self.unique),
            ]
        return [
            postgresql.refusing(
                self.table, "frozen", "UPDATE", "a frozen row never changes", broken
            ),
            postgresql.refusing(
                self.table, "kept", "DELETE", "a frozen row is never deleted", was_frozen
            ),
            postgresql.no_truncate(self.table),
        ]


class FrozenWith(Guard):
    """Refuse to add, change or delete rows of a document that is in given states.

    :param key: the column of the table that holds the id of the document in `parent`
    :param but_columns: columns that may change even then
    :param row_key: the primary key of the table
    :param may_add: SQL over `{row}`, a row that may be added even then
    """

    def __init__(
        self,
        table: str,
        key: str,
        parent: str,
        when_column: str,
        frozen_values: Sequence[str],
        but_columns: Sequence[str] = (),
        *,
        row_key: Sequence[str] = ("id",),
        may_add: str = "",
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.key = key
        self.parent = parent
        self.when_column = when_column
        self.frozen_values = tuple(frozen_values)
        self.but_columns = tuple(but_columns)
        self.row_key = tuple(row_key)
        self.may_add = may_add

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        fixed = [column for column in columns[self.table] if column not in self.but_columns]
        return self._sqlite(fixed) if vendor == "sqlite" else self._postgresql(fixed)

    def _postgresql(self, fixed: list[str]) -> list[Piece]:
        events = {
            "frozen_insert": ("INSERT", "NEW TABLE AS affected", ""),
            "frozen_delete": ("DELETE", "OLD TABLE AS affected", ""),
            "frozen_update": (
                "UPDATE",
                "OLD TABLE AS affected NEW TABLE AS became",
                self._change(fixed),
            ),
        }
        return [
            postgresql.searching(
                self.table,
                name,
                f"AFTER {event} ON {quote(self.table)} REFERENCING {rows}",
                wrong=self._search(extra, self._unless("affected") if event == "INSERT" else ""),
                message="the rows of a frozen document never change",
            )
            for name, (event, rows, extra) in events.items()
        ] + [postgresql.no_truncate(self.table)]

    def _search(self, join: str, unless: str) -> str:
        return (
            f"SELECT affected.{quote(self.key)}::text INTO found_key FROM affected {join} "
            f"JOIN {quote(self.parent)} parent ON parent.id IN ({self._keys(join)}) "
            f"WHERE parent.{quote(self.when_column)} IN ({listed(self.frozen_values)}){unless} "
            "LIMIT 1"
        )

    def _unless(self, row: str) -> str:
        return f" AND NOT ({self.may_add.format(row=row)})" if self.may_add else ""

    def _keys(self, join: str) -> str:
        old = f"affected.{quote(self.key)}"
        return f"{old}, became.{quote(self.key)}" if join else old

    def _change(self, fixed: list[str]) -> str:
        old = ", ".join(f"affected.{quote(column)}" for column in fixed)
        new = ", ".join(f"became.{quote(column)}" for column in fixed)
        same = " AND ".join(f"became.{quote(k)} = affected.{quote(k)}" for k in self.row_key)
        return f"JOIN became ON {same} AND ROW({old}) IS DISTINCT FROM ROW({new})"

    def _sqlite(self, fixed: list[str]) -> list[Piece]:
        message = "the rows of a frozen document never change"
        new, old = self._parent_frozen("NEW"), self._parent_frozen("OLD")
        return [
            sqlite.trigger(
                self.table, "frozen_insert", "BEFORE INSERT", new + self._unless("NEW"), message
            ),
            sqlite.trigger(self.table, "frozen_delete", "BEFORE DELETE", old, message),
            sqlite.trigger(
                self.table,
                "frozen_update",
                "BEFORE UPDATE",
                f"({old} OR {new}) AND {sqlite.changed(fixed)}",
                message,
            ),
            sqlite.no_replace(self.table, key=self.row_key),
        ]

    def _parent_frozen(self, row: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {quote(self.parent)} WHERE id = {row}.{quote(self.key)} "
            f"AND {quote(self.when_column)} IN ({listed(self.frozen_values)}))"
        )

"""Foreign keys over two columns, which the ORM does not have."""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, quote


class CompositeForeignKey(Guard):
    """Demand that several columns together name one row of another table.

    With (account, currency) -> (id, currency) a mix of currencies cannot be written at all.
    PostgreSQL needs a unique constraint over the parent's columns. SQLite cannot add a foreign
    key to a table, so triggers on both tables do its work.
    """

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        parent: str,
        parent_columns: Sequence[str],
        *,
        name: str,
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.columns = tuple(columns)
        self.parent = parent
        self.parent_columns = tuple(parent_columns)
        self.name = name

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.parent)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        if vendor == "sqlite":
            return self._sqlite()
        own = ", ".join(map(quote, self.columns))
        theirs = ", ".join(map(quote, self.parent_columns))
        return [
            postgresql.constraint(
                self.table,
                self.name,
                f"FOREIGN KEY ({own}) REFERENCES {quote(self.parent)} ({theirs})",
            )
        ]

    def _sqlite(self) -> list[Piece]:
        pairs = list(zip(self.columns, self.parent_columns, strict=True))
        given = " AND ".join(f"NEW.{quote(own)} IS NOT NULL" for own in self.columns)
        no_parent = (
            f"{given} AND NOT EXISTS (SELECT 1 FROM {quote(self.parent)} WHERE "
            + " AND ".join(f"{quote(theirs)} = NEW.{quote(own)}" for own, theirs in pairs)
            + ")"
        )
        children = (
            f"EXISTS (SELECT 1 FROM {quote(self.table)} WHERE "
            + " AND ".join(f"{quote(own)} = OLD.{quote(theirs)}" for own, theirs in pairs)
            + ")"
        )
        replaced = " AND ".join(f"{quote(theirs)} IS NEW.{quote(theirs)}" for _, theirs in pairs)
        over_children = (
            f"EXISTS (SELECT 1 FROM {quote(self.table)} WHERE {quote(self.columns[0])} = "
            f"NEW.{quote(self.parent_columns[0])}) "
            f"AND NOT EXISTS (SELECT 1 FROM {quote(self.parent)} WHERE {replaced})"
        )
        kept = f"{children} AND {sqlite.changed(list(self.parent_columns))}"
        message = f"{self.name}: no such row in {self.parent}"
        used = f"{self.name}: rows of {self.table} point here"
        return [
            sqlite.trigger(self.table, f"{self.name}_insert", "BEFORE INSERT", no_parent, message),
            sqlite.trigger(self.table, f"{self.name}_update", "BEFORE UPDATE", no_parent, message),
            sqlite.trigger(self.parent, f"{self.name}_change", "BEFORE UPDATE", kept, used),
            sqlite.trigger(self.parent, f"{self.name}_delete", "BEFORE DELETE", children, used),
            sqlite.trigger(
                self.parent, f"{self.name}_replace", "BEFORE INSERT", over_children, used
            ),
        ]

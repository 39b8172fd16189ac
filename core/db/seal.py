"""The seal: an entry is a draft, gets its lines, and is posted once, in balance, for ever."""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, quote, updates

ONLY_DRAFT = "an entry is inserted as a draft"
ONLY_FLIP = "an entry changes once, from draft to posted"
UNBALANCED = "an entry needs two lines or more that sum to zero"
LEFT_BEHIND = "a draft may not be left behind"
LATE = "lines are added to a draft only"
NEVER_CHANGED = "rows are never changed"
NEVER_DELETED = "rows are never deleted"


class Seal(Guard):
    """Keep entries whole: drafts only are inserted, flipped to posted when they balance.

    The entry's table has a column `state` with the values draft and posted. PostgreSQL also
    refuses to commit a draft; SQLite cannot, so readers count posted entries only.

    :param lines: the table of the lines; `key` is its column for the entry, `amount` what must
        sum to zero, in whole minor units
    :param unique: unique keys of the entry beside its id; `unique_lines` those of a line
    """

    def __init__(
        self,
        table: str,
        *,
        lines: str,
        key: str,
        amount: str = "amount",
        unique: Sequence[Sequence[str]] = (),
        unique_lines: Sequence[Sequence[str]] = (),
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.lines = lines
        self.key = key
        self.amount = amount
        self.unique = tuple(tuple(each) for each in unique)
        self.unique_lines = tuple(tuple(each) for each in unique_lines)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.lines)

    def rights(self) -> dict[str, tuple[str, ...]]:
        return {
            self.table: ("SELECT", "INSERT", *updates(["state"])),
            self.lines: ("SELECT", "INSERT"),
        }

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        fixed = [column for column in columns[self.table] if column != "state"]
        if vendor == "sqlite":
            return [*self._sqlite_entry(fixed), *self._sqlite_lines()]
        return [*self._postgresql_entry(fixed), *self._postgresql_lines()]

    def _postgresql_entry(self, fixed: list[str]) -> list[Piece]:
        table, entry = self.table, quote(self.table)
        not_a_flip = "OLD.state <> 'draft' OR NEW.state <> 'posted' OR " + postgresql.changed(fixed)
        return [
            postgresql.refusing(
                table, "draft_first", "INSERT", ONLY_DRAFT, "NEW.state IS DISTINCT FROM 'draft'"
            ),
            postgresql.refusing(table, "only_flip", "UPDATE", ONLY_FLIP, not_a_flip),
            postgresql.searching(
                table,
                "in_balance",
                f"AFTER UPDATE ON {entry} REFERENCING NEW TABLE AS flipped",
                wrong=f"SELECT flipped.id::text INTO found_key FROM flipped LEFT JOIN "
                f"{quote(self.lines)} line ON line.{quote(self.key)} = flipped.id "
                f"GROUP BY flipped.id HAVING count(line.id) < 2 "
                f"OR sum(line.{quote(self.amount)}) <> 0 LIMIT 1",
                message=UNBALANCED,
            ),
            postgresql.searching(
                table,
                "no_draft_left",
                f"AFTER INSERT ON {entry} DEFERRABLE INITIALLY DEFERRED",
                each="ROW",
                kind="CONSTRAINT TRIGGER",
                wrong=f"SELECT id::text INTO found_key FROM {entry} "
                "WHERE id = NEW.id AND state <> 'posted'",
                message=LEFT_BEHIND,
            ),
            postgresql.refusing(table, "no_delete", "DELETE", NEVER_DELETED),
            postgresql.no_truncate(table),
        ]

    def _postgresql_lines(self) -> list[Piece]:
        return [
            postgresql.searching(
                self.lines,
                "to_draft",
                f"AFTER INSERT ON {quote(self.lines)} REFERENCING NEW TABLE AS added",
                wrong=f"SELECT added.id::text INTO found_key FROM added LEFT JOIN "
                f"{quote(self.table)} entry ON entry.id = added.{quote(self.key)} "
                "WHERE entry.state IS DISTINCT FROM 'draft' LIMIT 1",
                message=LATE,
            ),
            postgresql.refusing(self.lines, "no_update", "UPDATE", NEVER_CHANGED),
            postgresql.refusing(self.lines, "no_delete", "DELETE", NEVER_DELETED),
            postgresql.no_truncate(self.lines),
        ]

    def _sqlite_entry(self, fixed: list[str]) -> list[Piece]:
        table = self.table
        unbalanced = (
            f"(SELECT count(*) < 2 OR sum({quote(self.amount)}) <> 0 FROM {quote(self.lines)} "
            f"WHERE {quote(self.key)} = NEW.id)"
        )
        not_a_flip = (
            f"OLD.state IS NOT 'draft' OR NEW.state IS NOT 'posted' OR {sqlite.changed(fixed)}"
        )
        return [
            sqlite.trigger(
                table, "draft_first", "BEFORE INSERT", "NEW.state IS NOT 'draft'", ONLY_DRAFT
            ),
            sqlite.no_replace(table, self.unique),
            sqlite.trigger(table, "only_flip", "BEFORE UPDATE", not_a_flip, ONLY_FLIP),
            sqlite.trigger(table, "in_balance", "BEFORE UPDATE", unbalanced, UNBALANCED),
            sqlite.refusing(table, "no_delete", "DELETE", NEVER_DELETED),
        ]

    def _sqlite_lines(self) -> list[Piece]:
        late = (
            f"(SELECT state FROM {quote(self.table)} WHERE id = NEW.{quote(self.key)}) "
            f"IS NOT 'draft' OR typeof(NEW.{quote(self.amount)}) <> 'integer'"
        )
        return [
            sqlite.trigger(self.lines, "to_draft", "BEFORE INSERT", late, LATE),
            sqlite.no_replace(self.lines, self.unique_lines),
            sqlite.refusing(self.lines, "no_update", "UPDATE", NEVER_CHANGED),
            sqlite.refusing(self.lines, "no_delete", "DELETE", NEVER_DELETED),
        ]

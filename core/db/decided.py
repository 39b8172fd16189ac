"""Requests that wait when they are written, and are decided once."""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, quote, text

ONLY_WAITING = "a request waits when it is written"
ONCE = "a request is decided once"
NEVER_REPLACED = "a request that waits is never replaced"


class DecidedOnce(Guard):
    """Refuse a row that is written as decided, and any change of one that is decided.

    :param waiting: the value of the state column while nobody has decided
    :param alone: the columns that only one waiting row has, so that SQLite refuses to replace it
    """

    def __init__(
        self,
        table: str,
        state_column: str,
        waiting: str,
        *,
        alone: Sequence[str] = (),
        again: bool = False,
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.state_column = state_column
        self.waiting = waiting
        self.alone = tuple(alone)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        state, waiting = quote(self.state_column), text(self.waiting)
        written, decided = f"NEW.{state} <> {waiting}", f"OLD.{state} <> {waiting}"
        if vendor == "sqlite":
            return [
                sqlite.trigger(self.table, "waits", "BEFORE INSERT", written, ONLY_WAITING),
                sqlite.trigger(self.table, "decided_once", "BEFORE UPDATE", decided, ONCE),
                *self._never_replaced(state, waiting),
            ]
        return [
            postgresql.refusing(self.table, "waits", "INSERT", ONLY_WAITING, written),
            postgresql.refusing(self.table, "decided_once", "UPDATE", ONCE, decided),
        ]

    def _never_replaced(self, state: str, waiting: str) -> list[Piece]:
        if not self.alone:
            return []
        same = " AND ".join(f"{quote(column)} = NEW.{quote(column)}" for column in self.alone)
        taken = f"EXISTS (SELECT 1 FROM {quote(self.table)} WHERE {same} AND {state} = {waiting})"
        return [sqlite.trigger(self.table, "stays", "BEFORE INSERT", taken, NEVER_REPLACED)]

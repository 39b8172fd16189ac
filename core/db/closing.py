"""Days that are closed: nothing may be dated into them any more."""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql, sqlite
from core.db.guard import Guard
from core.db.piece import Piece, quote, text

CLOSED = "the day is closed"


class Closing(Guard):
    """Refuse rows dated on or before the newest close.

    Writers share a lock of their transaction that a close takes alone, so that no row slips
    in while the close is being written.

    :param closes: the table of closes; `upto` is its column with the last closed day
    """

    def __init__(
        self, table: str, *, dated: str, closes: str, upto: str, again: bool = False
    ) -> None:
        super().__init__(again=again)
        self.table = table
        self.dated = dated
        self.closes = closes
        self.upto = upto

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.closes)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        return self._sqlite() if vendor == "sqlite" else self._postgresql()

    def _postgresql(self) -> list[Piece]:
        lock = f"hashtext({text(self.closes)})"
        return [
            postgresql.searching(
                self.closes,
                "alone",
                f"BEFORE INSERT ON {quote(self.closes)}",
                wrong=f"PERFORM pg_advisory_xact_lock({lock})",
                message=CLOSED,
            ),
            postgresql.searching(
                self.table,
                "not_closed",
                f"AFTER INSERT ON {quote(self.table)} REFERENCING NEW TABLE AS added",
                wrong=f"PERFORM pg_advisory_xact_lock_shared({lock}); "
                "SELECT added.id::text INTO found_key FROM added "
                f"WHERE added.{quote(self.dated)} <= "
                f"(SELECT max({quote(self.upto)}) FROM {quote(self.closes)}) LIMIT 1",
                message=CLOSED,
            ),
        ]

    def _sqlite(self) -> list[Piece]:
        closed = (
            f"EXISTS (SELECT 1 FROM {quote(self.closes)} "
            f"WHERE {quote(self.upto)} >= NEW.{quote(self.dated)})"
        )
        return [sqlite.trigger(self.table, "not_closed", "BEFORE INSERT", closed, CLOSED)]

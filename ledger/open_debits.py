"""The guard that keeps `ledger_open_debit`: what is left of each debit on a receivable.

The database writes the rows itself, in the statement that posts an entry or allocates: no
operation can forget it, and none pays a round trip for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.db import postgresql
from core.db.guard import Guard
from core.db.piece import Piece, digest_of, quote

ENTRY, ALLOCATION, OPEN = "ledger_entry", "ledger_allocation", "ledger_open_debit"
OF_DEBIT = "posting_id, account_id, source_key, currency, dated, category"
COLUMNS = f"{OF_DEBIT}, open_minor"
DEBITS = """
    SELECT p.id AS posting_id, la.account_id, e.source_key, e.currency,
           COALESCE(e.due_on, e.effective_date) AS dated, e.category, {open} AS open_minor
    FROM {entries} e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account la ON la.id = p.account_id
    WHERE la.kind = 'receivable' AND p.amount > 0 AND {which}
""".strip()
PAID = """
    COALESCE((SELECT sum(CASE WHEN a.reverses_id IS NULL THEN a.amount ELSE -a.amount END)
              FROM ledger_allocation a WHERE a.debit_id = p.id), 0)
""".strip()
LEFT = f"""
    SELECT {COLUMNS} FROM (
        {DEBITS.format(open=f"p.amount - {PAID}", entries=ENTRY, which="e.state = 'posted'")}
    ) debits WHERE open_minor <> 0
""".strip()
FILL = f"INSERT INTO {OPEN} ({COLUMNS}) {LEFT}"  # from the allocations, for a database in use

POSTED = f"""
    INSERT INTO {OPEN} ({COLUMNS})
    {DEBITS.format(open="p.amount", entries="flipped", which="TRUE")}
""".strip()
FREED = "p.id IN (SELECT debit_id FROM added WHERE reverses_id IS NOT NULL)"
ALLOCATED = f"""
    INSERT INTO {OPEN} ({COLUMNS})
    {DEBITS.format(open="0", entries=ENTRY, which=FREED)}
    ON CONFLICT (posting_id) DO NOTHING;
    UPDATE {OPEN} o SET open_minor = o.open_minor - net.paid
    FROM (SELECT debit_id, sum(CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END) AS paid
          FROM added GROUP BY debit_id) net
    WHERE o.posting_id = net.debit_id;
    DELETE FROM {OPEN} o USING added WHERE o.posting_id = added.debit_id AND o.open_minor = 0
""".strip()

POSTED_ROW = f"""
    INSERT INTO {OPEN} ({COLUMNS})
    {DEBITS.format(open="p.amount", entries=ENTRY, which="e.id = NEW.id")}
""".strip()
FREED_ROW = "p.id = NEW.debit_id AND NEW.reverses_id IS NOT NULL"
ALLOCATED_ROW = f"""
    INSERT OR IGNORE INTO {OPEN} ({COLUMNS})
    {DEBITS.format(open="0", entries=ENTRY, which=FREED_ROW)};
    UPDATE {OPEN} SET open_minor = open_minor
        - CASE WHEN NEW.reverses_id IS NULL THEN NEW.amount ELSE -NEW.amount END
    WHERE posting_id = NEW.debit_id;
    DELETE FROM {OPEN} WHERE posting_id = NEW.debit_id AND open_minor = 0
""".strip()


class OpenDebits(Guard):
    """Keep one row for each debit of a receivable that is not fully allocated."""

    def __init__(self, *, again: bool = False) -> None:
        super().__init__(again=again)

    @property
    def tables(self) -> tuple[str, ...]:
        return (ENTRY, ALLOCATION)

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        if vendor == "sqlite":
            is_posted = "WHEN OLD.state = 'draft' AND NEW.state = 'posted'"
            return [
                _row_trigger(ENTRY, "opens", "AFTER UPDATE", is_posted, POSTED_ROW),
                _row_trigger(ALLOCATION, "settles", "AFTER INSERT", "", ALLOCATED_ROW),
            ]
        return [
            _trigger(ENTRY, "opens", "UPDATE", "flipped", POSTED),
            _trigger(ALLOCATION, "settles", "INSERT", "added", ALLOCATED),
        ]


def _trigger(table: str, name: str, event: str, rows: str, body: str) -> Piece:
    """Return a trigger of PostgreSQL, one run for a statement whatever its rows."""
    function = f"{table}_{name}"
    create = f"""
DO $outer$ BEGIN EXECUTE format($create$
CREATE OR REPLACE FUNCTION {quote(function)}() RETURNS trigger LANGUAGE plpgsql
SET search_path = %I, pg_temp AS $guard$
BEGIN
    {body};
    RETURN NULL;
END $guard$ $create$, current_schema()); END $outer$
""".strip()
    when = f"AFTER {event} ON {quote(table)} REFERENCING NEW TABLE AS {rows}"
    return postgresql.trigger(table, name, when, function=function, before=(create,))


def _row_trigger(table: str, name: str, event: str, condition: str, body: str) -> Piece:
    guard = f"{table}_{name}"
    create = (
        f"CREATE TRIGGER {quote(guard)} {event} ON {quote(table)} FOR EACH ROW {condition} "
        f"BEGIN {body}; END"
    )
    drop = (f"DROP TRIGGER IF EXISTS {quote(guard)}",)
    return Piece(table, guard, (create,), drop, digest_of(create))

"""Triggers and constraints of PostgreSQL.

Where a rule looks at other rows it is a trigger per statement with a transition table: a batch of
thousands costs one query. Functions pin their search path, so that a temporary table of the same
name cannot stand in for ours.
"""

from __future__ import annotations

from core.db.piece import Piece, digest_of, quote, text

REFUSE = "core_guard_refuse"

SHARED = (
    f"""
CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'integrity_constraint_violation';
END $guard$
""".strip(),
)


def trigger(
    table: str,
    name: str,
    when: str,
    *,
    each: str = "STATEMENT",
    condition: str = "",
    refuse: str = "",
    function: str = REFUSE,
    kind: str = "TRIGGER",
    before: tuple[str, ...] = (),
) -> Piece:
    """Return a trigger that refuses with a message, or calls a function of its own."""
    guard = f"{table}_{name}"
    argument = text(refuse) if refuse else ""
    clause = f" WHEN ({condition})" if condition else ""
    create = (
        f"CREATE {kind} {quote(guard)} {when} FOR EACH {each}{clause} "
        f"EXECUTE FUNCTION {quote(function)}({argument})"
    )
    digest = digest_of(*before, create)
    return Piece(
        table,
        guard,
        (
            *before,
            create,
            f"COMMENT ON TRIGGER {quote(guard)} ON {quote(table)} IS {text(digest)}",
        ),
        (f"DROP TRIGGER IF EXISTS {quote(guard)} ON {quote(table)}",),
        digest,
    )


def refusing(table: str, name: str, event: str, message: str, condition: str = "") -> Piece:
    """Return a trigger that refuses an event: for a row if a condition is given, else for all."""
    return trigger(
        table,
        name,
        f"BEFORE {event} ON {quote(table)}",
        each="ROW" if condition else "STATEMENT",
        condition=condition,
        refuse=message,
    )


def searching(
    table: str,
    name: str,
    when: str,
    *,
    wrong: str,
    message: str,
    each: str = "STATEMENT",
    kind: str = "TRIGGER",
) -> Piece:
    """Return a trigger that refuses when a query finds a row; its first column names the row."""
    function = f"{table}_{name}"
    body = f"""
DO $outer$ BEGIN EXECUTE format($create$
CREATE OR REPLACE FUNCTION {quote(function)}() RETURNS trigger LANGUAGE plpgsql
SET search_path = %I, pg_temp AS $guard$
DECLARE found_key text;
BEGIN
    {wrong};
    IF found_key IS NOT NULL THEN
        RAISE EXCEPTION '{table}: {message} (%%)', found_key
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $guard$ $create$, current_schema()); END $outer$
""".strip()
    return trigger(table, name, when, each=each, function=function, kind=kind, before=(body,))


def constraint(table: str, name: str, definition: str, *, before: tuple[str, ...] = ()) -> Piece:
    """Return a table constraint, with what must exist before it."""
    create = f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}"
    digest = digest_of(create)
    return Piece(
        table,
        name,
        (
            *before,
            create,
            f"COMMENT ON CONSTRAINT {quote(name)} ON {quote(table)} IS {text(digest)}",
        ),
        (f"ALTER TABLE {quote(table)} DROP CONSTRAINT IF EXISTS {quote(name)}",),
        digest,
    )


def changed(columns: list[str]) -> str:
    """Return the condition that any of the columns changes in an update."""
    old = ", ".join(f"OLD.{quote(column)}" for column in columns)
    new = ", ".join(f"NEW.{quote(column)}" for column in columns)
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def no_truncate(table: str) -> Piece:
    return refusing(table, "no_truncate", "TRUNCATE", "rows are never removed")

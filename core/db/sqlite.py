"""Triggers of SQLite, one row at a time.

`INSERT OR REPLACE` deletes the old row without firing delete triggers, so a guarded table also
refuses an insert that meets an existing id or another unique key.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.db.piece import Piece, digest_of, quote, text


def trigger(table: str, name: str, event: str, wrong: str, message: str) -> Piece:
    """Return a trigger that refuses the event when `wrong` holds; `OLD` and `NEW` are the row."""
    guard = f"{table}_{name}"
    create = (
        f"CREATE TRIGGER {quote(guard)} {event} ON {quote(table)} FOR EACH ROW WHEN {wrong} "
        f"BEGIN SELECT RAISE(ABORT, {text(f'{table}: {message}')}); END"
    )
    return Piece(
        table, guard, (create,), (f"DROP TRIGGER IF EXISTS {quote(guard)}",), digest_of(create)
    )


def refusing(table: str, name: str, event: str, message: str) -> Piece:
    return trigger(table, name, f"BEFORE {event}", "1", message)


def no_replace(
    table: str,
    unique: Sequence[Sequence[str]] = (),
    *,
    key: Sequence[str] = ("id",),
    nulls_equal: bool = False,
) -> Piece:
    """Return the trigger that refuses an insert over an existing row.

    :param nulls_equal: whether two nulls in the first column of a key are the same
    """
    taken = [_taken(table, columns) for columns in (key, *unique)]
    if nulls_equal:
        taken += [_taken(table, rest, null=first) for first, *rest in unique]
    return trigger(
        table, "no_replace", "BEFORE INSERT", " OR ".join(taken), "rows are never replaced"
    )


def _taken(table: str, key: Sequence[str], *, null: str = "") -> str:
    """Return the condition that a row with the same key exists, in a form that uses its index."""
    same = [f"{quote(column)} = NEW.{quote(column)}" for column in key]
    if null:
        same += [f"{quote(null)} IS NULL", f"NEW.{quote(null)} IS NULL"]
    return f"EXISTS (SELECT 1 FROM {quote(table)} WHERE {' AND '.join(same)})"


def changed(columns: list[str]) -> str:
    """Return the condition that any of the columns changes in an update."""
    return (
        "("
        + " OR ".join(f"OLD.{quote(column)} IS NOT NEW.{quote(column)}" for column in columns)
        + ")"
    )

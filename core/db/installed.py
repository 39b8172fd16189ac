"""What a database holds now: columns of tables, triggers and constraints with their digests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.db.piece import digest_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

IN_POSTGRESQL = """
SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
  AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT c.relname, k.conname, obj_description(k.oid, 'pg_constraint')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.convalidated AND k.contype IN ('f', 'x') AND k.conparentid = 0
  AND c.relnamespace = current_schema()::regnamespace
"""
IN_SQLITE = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"


def digests(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Return the digest of every trigger and constraint, by table and name.

    On PostgreSQL the digest is the comment that the guard left; on SQLite that of the SQL itself.
    A disabled trigger counts as absent.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(IN_SQLITE)
            return {(table, name): digest_of(sql) for table, name, sql in cursor.fetchall()}
        cursor.execute(IN_POSTGRESQL)
        return {(table, name): comment or "" for table, name, comment in cursor.fetchall()}


def columns(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns of each table, sorted by name."""
    with connection.cursor() as cursor:
        return {
            table: sorted(
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            )
            for table in tables
        }

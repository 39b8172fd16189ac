"""Empties the database after a test that committed: only what holds rows, past the guards."""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.db.piece import quote
from core.db.unguarded import unguarded

# Migrating writes these, the same for every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete all rows but those that migrating writes; the product itself never empties a table."""
    names = set(connection.introspection.table_names()) - KEPT
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})"
                for name in sorted(names)
            )
        )
        full = [name for (name,) in cursor.fetchall()]
    if not full:
        return
    with unguarded(connection), transaction.atomic(connection.alias), connection.cursor() as cursor:
        for name in full:
            cursor.execute(f"DELETE FROM {quote(name)}")

"""Which guards must exist, told by the applied migrations, and which of them do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.migrations.loader import MigrationLoader

from core.db import installed, postgresql
from core.db.guard import Guard
from core.db.piece import Piece

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

OUT_OF_DATE = "is out of date"


def guards(connection: BaseDatabaseWrapper) -> Iterator[Guard]:
    """Yield the guard operations of all applied migrations, oldest first."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    applied = loader.applied_migrations
    plan = dict.fromkeys(
        key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)
    )
    for key in plan:
        if key in applied:
            for operation in loader.graph.nodes[key].operations:
                if isinstance(operation, Guard):
                    yield operation


def pieces(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], Piece]:
    """Return every trigger and constraint that must exist, by table and name."""
    tables = set(connection.introspection.table_names())
    return {
        (piece.table, piece.name): piece
        for guard in guards(connection)
        if tables.issuperset(guard.tables)
        for piece in guard.built(connection)
    }


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the guards that are absent, switched off, or older than their table's columns."""
    there = installed.digests(connection)
    return sorted(
        f"{table}: {name} {OUT_OF_DATE if (table, name) in there else 'is missing'}"
        for (table, name), piece in pieces(connection).items()
        if there.get((table, name)) != piece.digest
    )


def restore(connection: BaseDatabaseWrapper) -> list[str]:
    """Create the guards that are missing or out of date; return their names."""
    there = installed.digests(connection)
    restored = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in postgresql.SHARED:
                cursor.execute(statement)
        for key, piece in pieces(connection).items():
            if there.get(key) != piece.digest:
                for statement in (*piece.drop, *piece.create):
                    cursor.execute(statement)
                restored.append(f"{piece.table}: {piece.name}")
    return sorted(restored)

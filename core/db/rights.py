"""What the application's database role may do (PostgreSQL): work with rows, own nothing.

Guarded tables are narrowed by their guards: no role that serves requests may update, delete or
truncate what is append-only, nor switch a trigger off. Migrations run under another role.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.db import expected
from core.db.piece import quote

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

ORDINARY = ("SELECT", "INSERT", "UPDATE", "DELETE")
READ_ONLY_TABLES = ("django_migrations",)


def tables(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, ...]]:
    """Return the rights that the role gets on every table of the schema."""
    rights: dict[str, tuple[str, ...]] = dict.fromkeys(
        connection.introspection.table_names(), ORDINARY
    )
    for guard in expected.guards(connection):
        rights |= {table: given for table, given in guard.rights().items() if table in rights}
    return rights | {table: ("SELECT",) for table in READ_ONLY_TABLES if table in rights}


def statements(connection: BaseDatabaseWrapper, role: str) -> Iterator[str]:
    """Yield the SQL that gives a role exactly these rights, whatever it had before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
    name = quote(role)
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
    for table, rights in sorted(tables(connection).items()):
        yield f"GRANT {', '.join(rights)} ON {quote(table)} TO {name}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"

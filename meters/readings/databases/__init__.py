"""What the two databases say differently about reading blocks."""

from __future__ import annotations

from types import ModuleType

from django.db import connection


def current() -> ModuleType:
    """Return the module that speaks to the database in use: `rows`, `lock` and `update`."""
    if connection.vendor == "postgresql":
        from meters.readings.databases import postgresql  # psycopg may be absent elsewhere

        return postgresql
    from meters.readings.databases import sqlite

    return sqlite

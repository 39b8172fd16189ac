"""What the database holds, row by row, and what differs between two moments."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection

# Written by looking, by trying or by every request; the tests of their own subjects judge them.
BESIDE = (
    "django_session",
    "django_cache",
    "usersessions_usersession",
    "accounts_attemptlog",
    "accounts_pageevent",
    "meters_intervalslot",
)

Rows = dict[object, dict[str, object]]


@dataclass
class Changes:
    """What one request wrote."""

    added: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    changed: list[tuple[str, str, object]] = field(default_factory=list)  # table, column, value
    removed: Counter[str] = field(default_factory=Counter)
    touched: set[tuple[str, object]] = field(default_factory=set)  # table and key of changed rows

    def summary(self) -> set[str]:
        """Return "+table" for rows added, "-table" for removed, "table.column" for changed."""
        added = {f"+{table}" for table, _row in self.added}
        removed = {f"-{table}" for table in self.removed}
        return added | removed | {f"{table}.{column}" for table, column, _value in self.changed}


def dump(only: set[str] | None = None) -> dict[str, Rows]:
    """Return all rows of all tables, or of some, by their key."""
    tables = {
        model._meta.db_table: model._meta.pk.column
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table not in BESIDE
    }
    if only is not None:
        tables = {table: key for table, key in tables.items() if table in only}
    found: dict[str, Rows] = {}
    with connection.cursor() as cursor:
        for table, key in tables.items():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            found[table] = {row[key] if key else tuple(row.values()): row for row in rows}
    return found


def writes() -> dict[str, int]:
    """Return how many rows of each table this transaction has written, by triggers too.

    SQLite does not count: there every table has another number each time.
    """
    if connection.vendor != "postgresql":
        return dict.fromkeys(connection.introspection.table_names(), time.monotonic_ns())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())


def changes(before: dict[str, Rows], after: dict[str, Rows]) -> Changes:
    found = Changes()
    for table, rows in after.items():
        old = before[table]
        found.removed += Counter({table: len(old.keys() - rows.keys())})
        found.touched |= {(table, key) for key in old.keys() - rows.keys()}
        for key in sorted(rows.keys() - old.keys(), key=str):
            found.added.append((table, rows[key]))
        for key in rows.keys() & old.keys():
            if rows[key] != old[key]:
                found.touched.add((table, key))
                found.changed += [
                    (table, column, value)
                    for column, value in rows[key].items()
                    if value != old[key][column]
                ]
    return found

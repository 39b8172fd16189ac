"""Many rows at once: one COPY on PostgreSQL, one executemany on SQLite, behind one function.

COPY passes Django's query hooks by, so `round_trips` counts what it sends.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, JSONField, Model

_sent = threading.local()


def round_trips() -> int:
    """Return how often this thread has gone to the database by way of this module."""
    return getattr(_sent, "count", 0)


def write(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    using: str | None = None,
) -> int:
    """Insert rows of plain values and return how many; joins the caller's transaction.

    Columns are the names in the table. Moments are aware, JSON columns take objects or finished
    JSON text; defaults, `save()` and history play no part.

    :raises django.db.Error: what the database refuses, as Django's exceptions on both databases
    """
    connection = connections[using or router.db_for_write(model)]
    if connection.vendor == "postgresql":
        return _copy(connection, model, columns, rows)
    return _insert(connection, model, columns, rows)


def allocate_ids(model: type[Model], n: int, *, using: str | None = None) -> list[int]:
    """Take `n` primary keys, ascending, that nobody else will be given.

    They are neighbours on SQLite and usually on PostgreSQL, where another session may slip in.
    """
    if n <= 0:
        return []
    connection = connections[using or router.db_for_write(model)]
    if connection.vendor == "postgresql":
        return _next_values(connection, model, n)
    with transaction.atomic(using=connection.alias):
        return _raise_counter(connection, model, n)


def _fields(model: type[Model], columns: Sequence[str]) -> list[Field[Any, Any]]:
    by_column = {field.column: field for field in model._meta.local_concrete_fields}
    try:
        return [by_column[column] for column in columns]
    except KeyError as error:
        raise ValueError(f"{model.__name__} has no column {error}") from error


def _copy(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> int:
    fields = _fields(model, columns)
    _count_round_trip()
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN (FORMAT BINARY)"
    json_places = [i for i, field in enumerate(fields) if isinstance(field, JSONField)]
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        copy.set_types([_type_name(field, connection) for field in fields])
        written = 0
        for row in rows:
            copy.write_row(_objects(row, json_places) if json_places else row)
            written += 1
    return written


def _objects(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in places:
        if isinstance(values[place], str):
            values[place] = json.loads(values[place])
    return values


def _type_name(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> str:
    declared = field.db_type(connection) or "text"
    return declared.partition("(")[0].strip()


def _insert(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> int:
    fields = _fields(model, columns)
    _count_round_trip()
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(fields))
    adapt = [_adapter(field, connection) for field in fields]
    values = [
        tuple(to_database(value) for to_database, value in zip(adapt, row, strict=True))
        for row in rows
    ]
    if not values:
        return 0
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608
    return len(values)


def _adapter(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return _json_text
    if isinstance(field, (models.ForeignKey, models.AutoField, models.IntegerField)):
        return _same
    return lambda value: field.get_db_prep_value(value, connection, prepared=True)


def _same(value: Any) -> Any:
    return value


def _json_text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _next_values(connection: BaseDatabaseWrapper, model: type[Model], n: int) -> list[int]:
    _count_round_trip()
    meta = model._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(s.name)) FROM generate_series(1, %s), "
            "(SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) s",
            [n, connection.ops.quote_name(meta.db_table), meta.pk.column],
        )
        return sorted(cursor.fetchone()[0])


def _raise_counter(connection: BaseDatabaseWrapper, model: type[Model], n: int) -> list[int]:
    """Move the table's AUTOINCREMENT counter; SQLite never hands out what it has passed."""
    _count_round_trip()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [n, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, n])
    return list(range(first, first + n))


def _count_round_trip() -> None:
    _sent.count = round_trips() + 1

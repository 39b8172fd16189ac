"""Change many rows to different values in one statement; the counterpart of `bulk.write`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model

from core.arrays import as_array, element_type, prepared


def update_many(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    only_if: tuple[str, Any] | None = None,
) -> int:
    """Set columns[1:] of the rows whose columns[0] matches, and return how many were changed.

    :param rows: the key first, then the new values, in the order of `columns`
    :param only_if: a column and the value it must have; other rows stay as they are
    """
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    by_column = {field.column: field for field in model._meta.local_concrete_fields}
    fields = [by_column[column] for column in columns]
    values = [
        prepared(connection, field, column)
        for field, column in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        return _from_arrays(connection, table, fields, values, only_if)
    return _one_by_one(connection, table, fields, values, only_if)


def _from_arrays(
    connection: Any,
    table: str,
    fields: Sequence[Field[Any, Any]],
    values: Sequence[Sequence[Any]],
    only_if: tuple[str, Any] | None,
) -> int:
    names = [connection.ops.quote_name(field.column) for field in fields]
    types = [element_type(field, connection) for field in fields]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    settings = ", ".join(f"{name} = new.{name}" for name in names[1:])
    sql = (
        f"UPDATE {table} AS old SET {settings} FROM unnest({arrays}) AS new({', '.join(names)}) "
        f"WHERE old.{names[0]} = new.{names[0]}"
    )  # names come from the model
    parameters: list[Any] = [as_array(column) for column in values]
    if only_if:
        sql += f" AND old.{connection.ops.quote_name(only_if[0])} = %s"
        parameters.append(only_if[1])
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _one_by_one(
    connection: Any,
    table: str,
    fields: Sequence[Field[Any, Any]],
    values: Sequence[Sequence[Any]],
    only_if: tuple[str, Any] | None,
) -> int:
    names = [connection.ops.quote_name(field.column) for field in fields]
    settings = ", ".join(f"{name} = %s" for name in names[1:])
    sql = f"UPDATE {table} SET {settings} WHERE {names[0]} = %s"
    if only_if:
        sql += f" AND {connection.ops.quote_name(only_if[0])} = %s"
    guard = [only_if[1]] if only_if else []
    with connection.cursor() as cursor:
        rows = zip(*values, strict=True)
        cursor.executemany(sql, [[*row[1:], row[0], *guard] for row in rows])
        return int(cursor.rowcount)

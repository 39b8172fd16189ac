"""Many rows at once: one COPY on PostgreSQL, one executemany on SQLite, behind one function.

COPY passes Django's query hooks by, so `round_trips` counts what it sends.
`write` takes rows; `write_stamped` takes rows that differ only in whole numbers, as arrays.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, JSONField, Model
from numpy.typing import NDArray

from core.arrays import as_array, element_type, prepared

COPY_START = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, no extension
COPY_END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
WIDTHS = {"smallint": 2, "integer": 4, "bigint": 8}

_sent = threading.local()


def round_trips() -> int:
    """Return how many writes of this module this thread has sent; taking keys is a query."""
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


def write_new(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    using: str | None = None,
) -> list[int]:
    """Insert rows with their keys, pass over those that a unique constraint refuses.

    Returns the keys, which come first in each row, of the rows that went in.
    """
    if not rows:
        return []
    connection = connections[using or router.db_for_write(model)]
    if connection.vendor == "postgresql":
        return _insert_arrays(connection, model, columns, rows)
    _insert(connection, model, columns, rows, "INSERT OR IGNORE")
    keys = model._default_manager.using(connection.alias).filter(pk__in=[row[0] for row in rows])
    return list(keys.values_list("pk", flat=True))


@dataclass(frozen=True)
class Stamp:
    """Rows that are alike but for some whole numbers."""

    constants: Mapping[str, Any]  # by column; JSON as finished text
    numbers: Mapping[str, NDArray[np.int64]]  # by column, each as long as `places`
    places: NDArray[np.int64]  # where each row comes among all rows of the write


def write_stamped(
    model: type[Model],
    columns: Sequence[str],
    stamps: Sequence[Stamp],
    *,
    using: str | None = None,
) -> int:
    """Insert what the stamps make, in the order of their places; otherwise like `write`.

    :raises OverflowError: if a number does not fit its column
    """
    connection = connections[using or router.db_for_write(model)]
    total = sum(len(stamp.places) for stamp in stamps)
    if connection.vendor != "postgresql":
        return _insert(connection, model, columns, _unfolded(columns, stamps, total))
    fields = _fields(model, columns)
    pieces: list[bytes] = [b""] * total
    for stamp in stamps:
        packed, width = _packed(connection, fields, stamp)
        for i, place in enumerate(stamp.places.tolist()):
            pieces[place] = packed[i * width : (i + 1) * width]
    _count_round_trip()
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(_copy_statement(connection, model, columns)) as copy,
    ):
        copy.write(b"".join((COPY_START, *pieces, COPY_END)))
    return total


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
    statement = _copy_statement(connection, model, columns)
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


def _copy_statement(
    connection: BaseDatabaseWrapper, model: type[Model], columns: Sequence[str]
) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    return f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN (FORMAT BINARY)"


def _packed(
    connection: BaseDatabaseWrapper, fields: Sequence[Field[Any, Any]], stamp: Stamp
) -> tuple[bytes, int]:
    """Return the stamp's rows in COPY's binary form, one after the other, and a row's length."""
    template = bytearray(len(fields).to_bytes(2, "big"))
    gaps: list[tuple[int, int, NDArray[np.int64]]] = []
    for field in fields:
        column = str(field.column)
        if column in stamp.numbers:
            width = WIDTHS[_type_name(field, connection)]
            template += width.to_bytes(4, "big")
            gaps.append((len(template), width, stamp.numbers[column]))
            template += bytes(width)
        else:
            template += _constant(connection, field, stamp.constants[column])
    length, count = len(template), len(stamp.places)
    rows = np.frombuffer(bytes(template) * count, np.uint8).reshape(count, length).copy()
    for start, width, numbers in gaps:
        rows[:, start : start + width] = _big_endian(numbers, width)
    return rows.tobytes(), length


def _big_endian(numbers: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    packed = numbers.astype(f">i{width}")
    if width < 8 and not np.array_equal(packed, numbers):
        raise OverflowError(f"a number does not fit into {width} bytes")
    return packed.view(np.uint8).reshape(len(numbers), width)


def _constant(connection: BaseDatabaseWrapper, field: Field[Any, Any], value: Any) -> bytes:
    if value is None:
        return NULL
    if isinstance(field, JSONField):
        data = b"\x01" + str(_json_text(value)).encode()
    else:
        data = _binary(connection, _type_name(field, connection), value)
    return len(data).to_bytes(4, "big") + data


def _binary(connection: BaseDatabaseWrapper, type_name: str, value: Any) -> bytes:
    from psycopg.pq import Format  # absent where only SQLite is used

    adapters = connection.connection.adapters
    dumper = adapters.get_dumper_by_oid(adapters.types[type_name].oid, Format.BINARY)
    return bytes(dumper(type(value), connection.connection).dump(value) or b"")


def _unfolded(columns: Sequence[str], stamps: Sequence[Stamp], total: int) -> list[list[Any]]:
    """Return the stamps' rows one by one, in the order of their places."""
    rows: list[list[Any]] = [[] for _ in range(total)]
    for stamp in stamps:
        numbers = {name: array.tolist() for name, array in stamp.numbers.items()}
        for i, place in enumerate(stamp.places.tolist()):
            rows[place] = [
                numbers[name][i] if name in numbers else stamp.constants[name] for name in columns
            ]
    return rows


def _objects(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in places:
        if isinstance(values[place], str):
            values[place] = json.loads(values[place])
    return values


def _type_name(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> str:
    declared = field.db_type(connection) or "text"
    return declared.partition("(")[0].strip()


def _insert_arrays(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> list[int]:
    fields = _fields(model, columns)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    arrays = ", ".join(f"%s::{element_type(field, connection)}[]" for field in fields)
    values = [
        as_array(prepared(connection, field, column))
        for field, column in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT * FROM unnest({arrays}) "  # noqa: S608
        f"ON CONFLICT DO NOTHING RETURNING {quote(columns[0])}"
    )  # names come from the model
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]


def _insert(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    verb: str = "INSERT",
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
        cursor.executemany(f"{verb} INTO {table} ({names}) VALUES ({marks})", values)
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

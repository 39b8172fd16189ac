"""A column of values as one array parameter of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Field

PLAIN = {type(None), int, str, date, datetime}
AS_THEY_ARE = {  # fields whose values PostgreSQL's driver takes as they come
    models.BigAutoField,
    models.BigIntegerField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.ForeignKey,
    models.IntegerField,
    models.TextField,
}


def element_type(field: Field[Any, Any], connection: Any) -> str:
    """Return the type of the array's elements, without its length."""
    return str(field.cast_db_type(connection)).partition("(")[0]


def prepared(connection: Any, field: Field[Any, Any], column: Sequence[Any]) -> Sequence[Any]:
    """Return a column's values as its database takes them."""
    if connection.vendor == "postgresql" and type(field) in AS_THEY_ARE:
        return column
    return [field.get_db_prep_value(value, connection) for value in column]


def as_array(column: Sequence[Any]) -> Any:
    """Return the parameter; plain values as text, which is quicker than one by one."""
    if all(type(value) in PLAIN or isinstance(value, str) for value in column):
        return "{" + ",".join([_element(value) for value in column]) + "}"
    return list(column)


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) is int:
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

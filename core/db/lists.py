"""A list of ids as one parameter, whatever its length."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def one_of(connection: BaseDatabaseWrapper) -> str:
    """Return the SQL that follows a column: it is one of the values of `as_list`."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)"
    return "IN (SELECT value FROM json_each(%s))"


def as_list(connection: BaseDatabaseWrapper, values: Iterable[Any]) -> Any:
    """Return the parameter for `one_of`: whole numbers or text."""
    wanted = list(values)
    return wanted if connection.vendor == "postgresql" else json.dumps(wanted)

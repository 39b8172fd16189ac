"""A filter for long lists of keys that costs the same however long they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignKey, IntegerField, Lookup

from core.db.lists import one_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


@IntegerField.register_lookup
@ForeignKey.register_lookup
class OneOf(Lookup[Iterable[int]]):
    """`pk__one_of=keys`: as `in`, with all whole numbers in one parameter and one plan."""

    lookup_name = "one_of"
    prepare_rhs = False

    def get_db_prep_lookup(
        self, value: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        numbers = map(int, value)
        if connection.vendor == "postgresql":
            return "%s", ("{" + ",".join(map(str, numbers)) + "}",)
        return "%s", (json.dumps(list(numbers)),)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        _, right_params = self.process_rhs(compiler, connection)
        return f"{left} {one_of(connection)}", (*left_params, *right_params)

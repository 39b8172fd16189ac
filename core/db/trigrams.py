"""An index by which a part of a text is found; where it cannot be made, searches read more."""

from __future__ import annotations

from typing import Any

from django.db import migrations

MAY_BE_MADE = """
SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm')
       AND has_database_privilege(current_database(), 'CREATE')
"""


class TrigramIndex(migrations.RunPython):
    """Index a text column by its trigrams on PostgreSQL that has them to give."""

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        super().__init__(self._make, self._drop)

    def deconstruct(self) -> Any:
        return type(self).__name__, [self.table, self.column], {}

    def describe(self) -> str:
        return f"Index {self.table}.{self.column} by its trigrams"

    def _make(self, apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(MAY_BE_MADE)
            if not cursor.fetchone()[0]:
                return
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                f'CREATE INDEX "{self.table}_{self.column}_trigrams" ON "{self.table}" '
                f'USING gin ("{self.column}" gin_trgm_ops)'
            )

    def _drop(self, apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{self.table}_{self.column}_trigrams"')

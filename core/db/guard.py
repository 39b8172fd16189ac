"""What all guards share: they are migration operations that may be repeated and undone.

Django rebuilds a SQLite table on many schema changes and drops its triggers silently. A migration
that touches a guarded table therefore ends with the operation again, with `again=True`. SQLite does
not rebuild a table that a trigger of another table names, such as the parent of frozen rows: the
migration drops that trigger first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from core.db import installed, postgresql
from core.db.piece import Piece

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class Guard(Operation):
    """A rule about one or two tables that the database refuses to break."""

    reduces_to_sql = True
    reversible = True
    atomic = True

    def __init__(self, *, again: bool) -> None:
        self.again = again

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables whose columns the rule speaks of."""
        raise NotImplementedError

    def pieces(self, vendor: str, columns: dict[str, list[str]]) -> Sequence[Piece]:
        """Return the triggers and constraints that keep the rule, given the tables' columns."""
        raise NotImplementedError

    def rights(self) -> dict[str, tuple[str, ...]]:
        """Return what the application's role may do with tables that the rule narrows."""
        return {}

    def built(self, connection: BaseDatabaseWrapper) -> Sequence[Piece]:
        """Return the pieces for the tables as they are now."""
        return self.pieces(connection.vendor, installed.columns(connection, self.tables))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are: guards live in the database alone."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create what is missing or out of date; leave alone what is there already."""
        connection = schema_editor.connection
        pieces = self.pieces(connection.vendor, self._columns(schema_editor, to_state))
        there = {} if schema_editor.collect_sql else installed.digests(connection)
        if connection.vendor == "postgresql":
            _run(schema_editor, postgresql.SHARED)
        for piece in pieces:
            if there.get((piece.table, piece.name)) != piece.digest:
                _run(schema_editor, piece.drop)
                _run(schema_editor, piece.create)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove the guard, or build it for the older columns if it only repeated another."""
        if self.again:
            self.database_forwards(app_label, schema_editor, from_state, to_state)
            return
        for piece in self.pieces(
            schema_editor.connection.vendor, self._columns(schema_editor, from_state)
        ):
            _run(schema_editor, piece.drop)

    def describe(self) -> str:
        return f"{type(self).__name__} guard on {', '.join(self.tables)}"

    def _columns(
        self, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> dict[str, list[str]]:
        if not schema_editor.collect_sql:
            return installed.columns(schema_editor.connection, self.tables)
        return {
            model._meta.db_table: sorted(
                field.column or "" for field in model._meta.local_concrete_fields
            )
            for model in state.apps.get_models(include_auto_created=True)
            if model._meta.db_table in self.tables
        }


def _run(schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
    params: Any = None  # guards hold literals and percent signs, never parameters
    for statement in statements:
        schema_editor.execute(statement, params=params)

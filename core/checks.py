"""What must hold before the product may work with a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from core.db import expected


@register(Tags.database)
def guards_exist(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report every database guard that the applied migrations created and that is gone."""
    return [
        _message(name) for alias in databases or [] for name in expected.missing(connections[alias])
    ]


def _message(name: str) -> CheckMessage:
    hint = "Run: manage.py guards --restore"
    if name.endswith(expected.OUT_OF_DATE):  # a migration that is still to come may renew it
        return Warning(f"Database guard {name}", hint=hint, id="core.W001")
    return Error(f"Database guard {name}", hint=hint, id="core.E001")

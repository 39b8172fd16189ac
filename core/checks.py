"""What must hold before the product may work with a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from core.db import expected


@register(Tags.database)
def guards_exist(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report every database guard that the applied migrations created and that is gone."""
    return [
        Error(
            f"Database guard absent: {name}",
            hint="Run: manage.py guards --restore",
            id="core.E001",
        )
        for alias in databases or []
        for name in expected.missing(connections[alias])
    ]

"""What must hold before the product may work with a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from core.db import expected
from core.translations import catalogues


@register(Tags.database)
def guards_exist(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report every database guard that the applied migrations created and that is gone."""
    return [
        _message(name) for alias in databases or [] for name in expected.missing(connections[alias])
    ]


@register(Tags.translation)
def catalogues_are_compiled(**kwargs: Any) -> list[CheckMessage]:
    """Report every enabled language whose words would stay English, or be those of yesterday."""
    return [
        Warning(
            f"The words of the language {code!r} are missing or out of date.",
            hint="Run: manage.py translations --compile",
            id="core.W002",
        )
        for code, _name in settings.LANGUAGES
        if not catalogues.is_fresh(code)
    ]


def _message(name: str) -> CheckMessage:
    hint = "Run: manage.py guards --restore"
    if name.endswith(expected.OUT_OF_DATE):  # a migration that is still to come may renew it
        return Warning(f"Database guard {name}", hint=hint, id="core.W001")
    return Error(f"Database guard {name}", hint=hint, id="core.E001")

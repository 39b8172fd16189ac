"""What a start should complain about when it looks at who may do everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from accounts.queries import superusers


@register(Tags.database)
def no_superusers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A superuser passes every permission of Django's, whatever roles two people gave."""
    if not databases:
        return []
    try:
        found = superusers()
    except DatabaseError:  # before the tables are there
        return []
    return [_message(found)] if found else []


def _message(number: int) -> CheckMessage:
    return Warning(
        f"{number} active logins are superusers: Django's own permissions do not hold them.",
        hint="Make administrators by `manage.py create_user --role administrator` instead.",
        id="billing_site.W010",
    )

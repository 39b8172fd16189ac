"""Who asks for a page of signing in."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in; the login middleware stands before these views."""
    user = request.user
    assert user.is_authenticated  # noqa: S101
    return user

"""What the views of help share."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User


def member(request: HttpRequest) -> User:
    """Return the person who asks, a member of staff.

    :raises Http404: for everybody else
    """
    if not isinstance(request.user, User) or not request.user.is_staff:
        raise Http404
    return request.user


def status_of(*forms: Form) -> int:
    """Return 422 for a form that was filled in wrongly: it is shown again with its errors."""
    return 422 if any(form.errors for form in forms) else 200


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of a customer's data: no proxy or browser keeps a copy."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response

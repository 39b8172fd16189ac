"""What the views of the payments desk share."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def status_of(form: Form) -> int:
    """Return 422 for a form that was filled in wrongly: it is shown again with its errors."""
    return 422 if form.errors else 200


def asked(request: HttpRequest) -> str:
    """Return the query of the address without the page, for links to other pages of a list."""
    kept = request.GET.copy()
    kept.pop("before", None)
    return kept.urlencode()


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of money: no proxy or browser keeps a copy."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response

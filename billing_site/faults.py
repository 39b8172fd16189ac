"""Pages for when something is broken: they need neither the database nor the usual frame."""

from __future__ import annotations

import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_request

from accounts.display import display_of_browser
from core import asking

WAIT_SECONDS = 60  # before a page that was away is asked for again
AWAY = (OperationalError, InterfaceError)  # the database cannot be reached, or is too busy


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that we failed, or that the pages are away while the database is."""
    if isinstance(sys.exception(), AWAY):
        response = _page(request, "503.html", status=503)
        response["Retry-After"] = str(WAIT_SECONDS)
        return response
    return _page(request, "500.html", status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that what the browser sent cannot be read."""
    return _page(request, "400.html", status=400)


def _page(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """Render one of these pages in the visitor's language, with the number in our log."""
    language = getattr(request, "LANGUAGE_CODE", "") or get_language_from_request(request)
    with translation.override(language):
        context = {
            "reference": _reference(request),
            "display": display_of_browser(request),
            "again": request.get_full_path() if request.method == "GET" else "",
        }
        response = HttpResponse(render_to_string(template, context), status=status)
    response["Content-Language"] = language
    response["Cache-Control"] = "private, no-store"
    return response


def _reference(request: HttpRequest) -> str:
    """Return the number of the request; one that broke before it had a number gets one now.

    Django logs the fault after this, with the number that stands on the request.
    """
    known = getattr(request, "asks", None) or asking.now()
    if not known.request_id:
        known = asking.Asking(request_id=secrets.token_hex(8))
    request.asks = known  # type: ignore[attr-defined]
    return known.request_id

"""The page that refuses, drawn once for a browser: two of three answers to a customer are it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.html import escape
from django.views.defaults import page_not_found

from billing_site import urls

OF_THE_REQUEST = re.compile(
    r'\b[0-9a-f]{16}\b|name="csrfmiddlewaretoken" value="\w+"|"\w{64}"| aria-current="page"'
)


@contextmanager
def drawn_once() -> Iterator[None]:
    """Show every browser the refusal again that it was shown first."""
    drawn: dict[str, bytes] = {}

    def show(request: HttpRequest, exception: Exception) -> HttpResponse:
        browser = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if browser not in drawn:
            drawn[browser] = page_not_found(request, exception).content
        return HttpResponseNotFound(drawn[browser])

    with patch.object(urls, "handler404", show, create=True):
        yield


def told(response: HttpResponse) -> str:
    """Return what a refusal says, without the number, token and address of the request."""
    said = response.content.decode().replace(escape(response.wsgi_request.get_full_path()), "")
    return OF_THE_REQUEST.sub("", said)

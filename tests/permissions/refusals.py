"""The pages that refuse, drawn once for a browser: two of three answers to a customer are one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.defaults import page_not_found, permission_denied

from billing_site import urls

OF_THE_REQUEST = re.compile(
    r'\b[0-9a-f]{16}\b|name="csrfmiddlewaretoken" value="\w+"|"\w{64}"| aria-current="page"'
)


@contextmanager
def drawn_once() -> Iterator[None]:
    """Show every browser the refusal again that it was shown first."""
    with (
        patch.object(urls, "handler403", first_of(permission_denied), create=True),
        patch.object(urls, "handler404", first_of(page_not_found), create=True),
    ):
        yield


def first_of(
    draw: Callable[[HttpRequest, Exception], HttpResponse],
) -> Callable[[HttpRequest, Exception], HttpResponse]:
    drawn: dict[str, HttpResponse] = {}

    def show(request: HttpRequest, exception: Exception) -> HttpResponse:
        browser = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if browser not in drawn:
            drawn[browser] = draw(request, exception)
        return HttpResponse(drawn[browser].content, status=drawn[browser].status_code)

    return show


def told(response: HttpResponse) -> str:
    """Return what a refusal says, without the number, token and address of the request."""
    said = response.content.decode().replace(escape(response.wsgi_request.get_full_path()), "")
    return OF_THE_REQUEST.sub("", said)

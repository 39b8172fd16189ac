"""What every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from core import asking
from core.once import remembering


class RememberWhoAsks:
    """Keeps the client's address and a number of the request for the audit trail and the logs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = asking.Asking(
            ip=_client_ip(request), request_id=secrets.token_hex(8), user_id=request.user.pk
        )
        request.asks = asks  # type: ignore[attr-defined]
        token = asking.current.set(asks)
        try:
            return self.get_response(request)
        finally:
            asking.current.reset(token)


def _client_ip(request: HttpRequest) -> str | None:
    """Return the address of the client as the trusted proxies tell it, or None if unknown."""
    try:
        address: str = get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None
    return address


class ReadOnce:
    """Lets a page and its frame read the same things once; whatever may write reads each time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with remembering():
            return self.get_response(request)


class PlainAddresses:
    """No page has a NUL in its address, and PostgreSQL takes none as a number or name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


class PrivatePages:
    """No browser or proxy keeps a signed-in person's page; fragments are not taken for pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if request.user.is_authenticated and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

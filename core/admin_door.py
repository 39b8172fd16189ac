"""Whether the admin pages are there at all, and for which addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from core import asking


class AdminDoor:
    """Answers as if there were no admin pages when they are off, or off for this address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        match = request.resolver_match
        if match is not None and "admin" in match.app_names and not is_open():
            raise Http404


def is_open() -> bool:
    """Tell whether whoever asks now may see the admin pages, as far as the address goes."""
    return settings.ADMIN_ENABLED and _is_allowed(asking.now().ip)


def _is_allowed(ip: str | None) -> bool:
    if not settings.ADMIN_NETWORKS:
        return True
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(each) for each in settings.ADMIN_NETWORKS)

"""Where a person goes next: only to pages of this site."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"


def next_page(request: HttpRequest, otherwise: str) -> str:
    """Return the page that the request names to go on to, if it is ours; else the other one.

    A word without any slash is no address: a redirect would take it for the name of a page.
    """
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return asked if "/" in asked and is_ours(request, asked) else otherwise


def form_page(request: HttpRequest) -> str:
    """Return the page to come back to: this one, or the one whose form was sent here."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    if not is_ours(request, sent_from):
        return reverse("home")
    parts = urlsplit(sent_from)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def with_next(name: str, page: str) -> str:
    """Return the address of a page that leads on to another."""
    return f"{reverse(name)}?{urlencode({NEXT: page})}"


def is_ours(request: HttpRequest, url: str) -> bool:
    """Tell whether an address, with host or without, leads to this site."""
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )

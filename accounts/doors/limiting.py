"""Stands before the doors of `limits.DOORS` and refuses calmly whoever tries too often."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.doors import limits
from accounts.operations.attempts import TooManyAttempts
from core import clock

TYPED = ("email", "login")  # the fields in which people type an e-mail address

logger = logging.getLogger(__name__)


class LimitedDoors:
    """Counts a try at a door before its page works; too many are answered 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        door = request.resolver_match.view_name if request.resolver_match else ""
        wanted = limits.DOORS.get(door, ())
        if not wanted or not _is_try(request, door):
            return None
        now = clock.real_now()
        try:
            limits.take(door, wanted, subjects(request), now=now)
        except TooManyAttempts as error:
            logger.warning("door.refused", extra={"door": door})
            return refusal(request, error, now=now)
        return None


def subjects(request: HttpRequest) -> dict[str, str]:
    """Return under what the tries of a request are counted."""
    found = limits.of_address(get_adapter().get_client_ip(request))
    for name in TYPED:
        if request.method == "POST" and request.POST.get(name):
            found |= limits.of_typed(request.POST[name])
    if request.user.is_authenticated:
        found["user"] = str(request.user.pk)
    if request.session.session_key:
        found["session"] = request.session.session_key
    return found


def refusal(request: HttpRequest, error: TooManyAttempts, *, now: datetime) -> HttpResponse:
    """Return the page that says how long to wait."""
    context = {"minutes": minutes_to_wait(error, now=now)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(max(1, math.ceil((error.retry_at - now).total_seconds())))
    return response


def minutes_to_wait(error: TooManyAttempts, *, now: datetime) -> int:
    return max(1, math.ceil((error.retry_at - now).total_seconds() / 60))


def _is_try(request: HttpRequest, door: str) -> bool:
    return request.method == "POST" or (door in limits.ASKED_BY_GET and bool(request.GET))

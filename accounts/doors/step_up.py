"""Showing once more who one is, before money, roles, keys and one's own sign-in are touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import django_otp
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_otp.models import Device

from accounts.doors import is_verified, queries, sessions
from accounts.doors.ways import form_page, with_next
from accounts.models import User
from core import clock

View = Callable[..., HttpResponseBase]

PASSWORDS = frozenset({"password", "password_reset"})
CODE = "otp"


def step_up_required(view: View) -> View:
    """Let only people pass who showed within the last minutes that it is still they.

    Others are asked for it and come back to the page they were on; what they sent is not done.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else _asked(request)

    return checked


def step_up_to_send(view: View) -> View:
    """Ask as `step_up_required` does, but not for reading the page."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_reading = request.method in ("GET", "HEAD")
        return (
            view(request, *args, **kwargs) if is_reading or is_fresh(request) else _asked(request)
        )

    return checked


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the person showed their factors within `STEP_UP_MINUTES` of real time."""
    user = request.user
    if not user.is_authenticated:
        return False
    since = clock.real_now() - timedelta(minutes=settings.STEP_UP_MINUTES)
    shown = {
        record["method"]
        for record in get_authentication_records(request, user)
        if record["at"] >= since.timestamp()
    }
    if PASSWORDS.isdisjoint(shown) and user.has_usable_password():
        return False
    return CODE in shown or not needs_code(user)


def needs_code(user: User) -> bool:
    """Tell whether the person has a second factor to show."""
    return is_verified(user) or queries.authenticator_of(user) is not None


def remember(request: HttpRequest, *, with_password: bool, device: Device | None) -> None:
    """Keep in the session what was shown just now, and give the session a new key."""
    if with_password:
        record_authentication(request, request.user, method="password", reauthenticated=True)
    if device is not None:
        remember_code(request, device)
    else:
        sessions.rotate(request)


def remember_code(request: HttpRequest, device: Device) -> None:
    """Keep in the session that a code was taken just now; the session counts as verified."""
    django_otp.login(request, device)
    record_authentication(request, request.user, method=CODE, reauthenticated=True)
    sessions.rotate(request)


def _asked(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        messages.info(request, _("Nothing was done yet: first show that it is still you."))
    return redirect(with_next("security_step_up", form_page(request)))

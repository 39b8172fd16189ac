"""Keeps staff before the second factor: without it they reach nothing but the way to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.doors import is_verified, queries
from accounts.doors.ways import with_next
from accounts.models import User

# By names of addresses. The demonstration's pages answer 404 anywhere else.
OPEN = frozenset(
    {
        *("otp_login", "security_enrol", "security_verify", "security_step_up"),
        *("account_logout", "change_language"),
        *("healthz", "readyz", "metrics", "payments:stripe_webhook"),
        *("demo_codes", "notifications:demo_outbox"),
    }
)


class SecondFactorRequired:
    """Leads staff without a verified session to set up an app, or to type its code.

    A role counts only with `is_staff`, so that is what is looked at. What a form sent is refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Return None to let the view run.

        :raises PermissionDenied: for what is no reading of a page
        """
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        user = request.user
        if not is_staff(user) or is_verified(user):
            return None
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return redirect(with_next(way_in(user), request.get_full_path()))


def is_staff(user: User | AnonymousUser) -> TypeGuard[User]:
    return user.is_authenticated and (user.is_staff or user.is_superuser)


def way_in(user: User) -> str:
    """Return the name of the page by which this person gets a verified session."""
    return "security_verify" if queries.authenticator_of(user) else "security_enrol"

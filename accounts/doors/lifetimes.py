"""How long a session lasts: while it is used, and at most. Staff's are shorter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.doors import sessions
from accounts.doors.ways import form_page
from accounts.models import User
from core import clock

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # seconds since 1970, real time
REFRESH = "X-Refresh"  # sent by parts that renew themselves: that is no use of the session
TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives unused, and how long in all."""

    idle: timedelta
    most: timedelta


class SessionLifetimes:
    """Ends sessions that were unused too long or are too old, with a word about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            now = clock.real_now()
            if is_over(request.session, lifetime_of(user), now):
                return _sent_out(request)
            if REFRESH not in request.headers:
                touch(request, now)
        return self.get_response(request)


def lifetime_of(user: User) -> Lifetime:
    if user.is_staff or user.is_superuser:
        return Lifetime(
            timedelta(minutes=settings.STAFF_IDLE_MINUTES),
            timedelta(hours=settings.STAFF_SESSION_HOURS),
        )
    return Lifetime(
        timedelta(hours=settings.CUSTOMER_IDLE_HOURS),
        timedelta(days=settings.CUSTOMER_SESSION_DAYS),
    )


def begin(session: SessionBase, real_now: datetime) -> None:
    """Let the session's time begin."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(real_now.timestamp())


def is_over(session: SessionBase, lifetime: Lifetime, real_now: datetime) -> bool:
    """Tell whether the session lasted long enough; one without marks begins now."""
    now = real_now.timestamp()
    is_idle = now - session.get(SEEN_AT, now) > lifetime.idle.total_seconds()
    return is_idle or now - session.get(SIGNED_IN_AT, now) > lifetime.most.total_seconds()


def touch(request: HttpRequest, real_now: datetime) -> None:
    """Note that the session is used, at most once a minute."""
    session, now = request.session, int(real_now.timestamp())
    if now - session.get(SEEN_AT, 0) < TOUCHED_EVERY.total_seconds():
        return
    session[SEEN_AT] = now
    session.setdefault(SIGNED_IN_AT, now)
    sessions.mark_seen(request, real_now)


def _sent_out(request: HttpRequest) -> HttpResponse:
    back = form_page(request)
    sessions.forget(request)
    logout(request)
    said = _("You were signed out because some time had passed. Sign in to go on where you were.")
    messages.info(request, said)
    return redirect_to_login(back)

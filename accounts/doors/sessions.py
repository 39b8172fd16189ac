"""Sessions of a person: ending them, and giving one a new key."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.operations.audit import audit
from core import asking


@transaction.atomic
def end_sessions(
    user: User, *, but: str | None = None, only: str | None = None, actor: User | None = None
) -> int:
    """End the sessions of a person at once and return how many.

    :param but: the key of a session that stays
    :param only: the key of the one session to end
    """
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    if only is not None:
        rows = rows.filter(session_key=only)
    keys = list(rows.values_list("session_key", flat=True))
    if not keys:
        return 0
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    audit("session.end", user, actor=actor or user, detail={"sessions": ended})
    return ended


def rotate(request: HttpRequest) -> None:
    """Give the session a new key and keep its place in the list: what was known counts no more."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def forget(request: HttpRequest) -> None:
    """Take the session off the person's list; it ends now."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def mark_seen(request: HttpRequest, real_now: datetime) -> None:
    """Keep when and from where the session was used last."""
    seen: dict[str, datetime | str] = {"last_seen_at": real_now}
    if ip := asking.now().ip:
        seen["ip"] = ip
    UserSession.objects.filter(session_key=request.session.session_key).update(**seen)

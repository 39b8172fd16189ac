"""Reads about what a person signs in with, and where they are signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.models import AuthenticatorDevice, RecoveryCode, User

PENDING_MINUTES = 30


def authenticator_of(user: User) -> AuthenticatorDevice | None:
    """Return the authenticator app that counts at sign-in."""
    return AuthenticatorDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


def pending_authenticator(
    user: User, uid: str | None, real_now: datetime
) -> AuthenticatorDevice | None:
    """Return the app that this person began to set up in this session, not long ago.

    :param uid: what the session remembers, so that nobody else's session shows the key
    """
    since = real_now - timedelta(minutes=PENDING_MINUTES)
    begun = AuthenticatorDevice.objects.filter(user=user, confirmed=False, created_at__gt=since)
    return begun.filter(uid=uid).first() if uid else None


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(device__user=user, used_at__isnull=True).count()


def sessions_of(user: User, real_now: datetime) -> QuerySet[UserSession]:
    """Return the person's sessions that are open still, the last seen first."""
    open_ones = Session.objects.filter(expire_date__gt=real_now).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=open_ones)
    return found.order_by("-last_seen_at", "-pk")


def session_of(user: User, pk: int) -> UserSession | None:
    """Return one session, if it is the person's."""
    found: UserSession | None = UserSession.objects.filter(user=user, pk=pk).first()
    return found

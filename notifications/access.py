"""The only way from a person to the notices they may read."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts import access
from accounts.models import User
from notifications.models import Notice


def notices_for(user: User | AnonymousUser, now: datetime) -> QuerySet[Notice]:
    """Return the notices of the person's accounts and of their work, the newest first."""
    accounts = access.accounts_for(user, now).order_by().values("pk")
    theirs = Q(account__in=accounts)
    if isinstance(user, User) and user.is_staff:
        theirs |= Q(user=user)
    return Notice.objects.filter(theirs).select_related("account").order_by("-created_at", "-pk")


def unread_for(user: User | AnonymousUser, now: datetime) -> QuerySet[Notice]:
    """Return those that nobody has marked as read."""
    return notices_for(user, now).filter(read_at__isnull=True)


def notice_for(user: User | AnonymousUser, pk: int, now: datetime) -> Notice:
    """Return one notice of the person.

    :raises Http404: if there is none, or it is somebody else's
    """
    notice = notices_for(user, now).filter(pk=pk).first()
    if notice is None:
        raise Http404
    return notice

"""Recovery codes between their making and the moment the person has kept them.

They are sealed in the session, so that the page can be loaded again and a slip loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from core.encryption import seal, unseal

KEY = "fresh_recovery_codes"
SHOWN_FOR = timedelta(minutes=10)


def keep(session: SessionBase, user: User, codes: Sequence[str], real_now: datetime) -> None:
    sealed = seal(" ".join(codes), place=_place(user))
    session[KEY] = [int((real_now + SHOWN_FOR).timestamp()), str(sealed)]


def shown(session: SessionBase, user: User, real_now: datetime) -> list[str]:
    """Return the codes that were made just now in this session; empty when they were kept."""
    until, sealed = session.get(KEY) or (0, "")
    if real_now.timestamp() > until:
        return []
    return unseal(sealed, place=_place(user)).split()


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)


def _place(user: User) -> str:
    return f"session.recovery_codes:{user.pk}"

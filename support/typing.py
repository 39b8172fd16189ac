"""How many searches somebody makes: whoever types on makes one, not one for each letter."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache

from accounts.models import User
from accounts.operations.attempts import attempt_key, take_attempt
from core.encryption import blind_index
from support.search import SEARCHES, WINDOW

TYPES_ON = 60  # seconds


def count(person: User, text: str, *, real_now: datetime) -> None:
    """Count a search unless it only goes on from the last one and so narrows it.

    The last one is known for a minute, by its digest in the cache: what that forgets counts anew.

    :raises TooManyAttempts: after too many in a row
    """
    key = attempt_key("help_search", "user", str(person.pk))
    length, digest = cache.get(key, (0, ""))
    if not 0 < length < len(text) or digest != _digest(text[:length]):
        take_attempt([key], now=real_now, limit=SEARCHES, window=WINDOW)
    cache.set(key, (len(text), _digest(text)), TYPES_ON)


def _digest(text: str) -> str:
    return blind_index(text, purpose="help_search")

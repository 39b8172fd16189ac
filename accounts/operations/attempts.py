"""How often something may be tried: counted in the database, so that parallel tries count too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AttemptLog
from core.encryption import blind_index


class TooManyAttempts(Exception):
    """The limit is reached; `retry_at` is when the next try may count."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(f"try again at {retry_at.isoformat()}")
        self.retry_at = retry_at


def attempt_key(purpose: str, kind: str, value: str) -> str:
    """Return the key under which tries of one person or address are counted, without naming it."""
    return f"{purpose}:{kind}:{blind_index(value, purpose=purpose)}"


@transaction.atomic
def take_attempt(keys: Iterable[str], *, now: datetime, limit: int, window: timedelta) -> None:
    """Count one try under every key, or refuse it when one of them has used up its tries.

    :raises TooManyAttempts: and counts nothing
    """
    names = sorted(set(keys))
    AttemptLog.objects.bulk_create([AttemptLog(key=n) for n in names], ignore_conflicts=True)
    logs = list(AttemptLog.objects.select_for_update().filter(key__in=names).order_by("key"))
    since = (now - window).timestamp()
    for log in logs:
        log.tried_at = [moment for moment in log.tried_at if moment > since]
    full = [log.tried_at[-limit] for log in logs if len(log.tried_at) >= limit]
    if full:
        raise TooManyAttempts(datetime.fromtimestamp(max(full), now.tzinfo) + window)
    for log in logs:
        log.tried_at.append(now.timestamp())
    AttemptLog.objects.bulk_update(logs, ["tried_at"])


@transaction.atomic
def return_attempt(key: str, *, tried_at: datetime) -> None:
    """Forget the one try of that moment under a key: it was no failure."""
    moment = tried_at.timestamp()
    for log in AttemptLog.objects.select_for_update().filter(key=key):
        if moment in log.tried_at:
            log.tried_at.remove(moment)
            log.save(update_fields=["tried_at"])

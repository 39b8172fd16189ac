"""Who is asking, for the record: the address and the number of the request that is served now."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """What the audit trail and the log lines note of a request."""

    ip: str | None = None
    request_id: str = ""
    user_id: int | None = None  # who was signed in when it came


NOBODY = Asking()  # the worker and commands serve no request
current: ContextVar[Asking | None] = ContextVar("asking", default=None)


def now() -> Asking:
    """Return who asks in the request that is served now."""
    return current.get() or NOBODY

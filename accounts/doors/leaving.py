"""What ends with a sign-out beside the session itself."""

from __future__ import annotations

from typing import Any

from accounts.models import AssistanceGrant, User
from accounts.operations.grants import end_open
from core import clock


def end_help_session(*, user: Any, **_said: Any) -> None:
    """End the help session of a person who signs out; Django tells of every way to do so."""
    if isinstance(user, User) and user.is_staff:
        end_open(user, outcome=AssistanceGrant.Outcome.SIGNED_OUT, real_now=clock.real_now())

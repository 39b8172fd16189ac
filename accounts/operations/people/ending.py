"""What ends at once when somebody loses a right: their sessions and the help they were giving."""

from __future__ import annotations

from datetime import datetime

from accounts.doors import sessions
from accounts.models import AssistanceGrant, User
from accounts.operations import grants


def end_everything(person: User, *, actor: User, real_now: datetime) -> None:
    """Sign the person out everywhere and end the help session that they have open."""
    sessions.end_sessions(person, actor=actor)
    grants.end_open(person, outcome=AssistanceGrant.Outcome.ROLE_ENDED, real_now=real_now)

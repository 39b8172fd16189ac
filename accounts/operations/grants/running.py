"""What may happen to a help session while it is open: more time, the right to change, its end."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts import grants
from accounts.models import AssistanceGrant, User
from accounts.operations.audit import audit

Outcome = AssistanceGrant.Outcome
# What a person may say at the end; the other outcomes are the system's.
SAID_AT_END = (Outcome.SOLVED, Outcome.PASSED_ON, Outcome.CALL_BACK, Outcome.WRONG_CUSTOMER)

logger = logging.getLogger(__name__)


class NotLive(Exception):
    """The session has ended, its time is over, or it was prolonged before."""


@transaction.atomic
def extend(grant: AssistanceGrant, *, reason: str, real_now: datetime) -> None:
    """Give a live session its second half hour, once.

    :raises NotLive: if it is not live any more, or was prolonged already
    :raises ValueError: if the reason says nothing
    """
    if len(reason.strip()) < grants.SHORTEST_NOTE:
        raise ValueError("a session is prolonged for a reason")
    until = min(grant.expires_at + grants.LENGTH, grant.last_possible_at)
    open_once = grants.running(real_now).filter(pk=grant.pk, extension_reason="")
    if not open_once.update(expires_at=until, extension_reason=reason.strip()):
        raise NotLive
    grant.refresh_from_db()
    audit("help.extend", grant, actor=grant.employee, grant=grant, detail={"reason": reason})


@transaction.atomic
def raise_level(grant: AssistanceGrant, real_now: datetime) -> None:
    """Let the session change the customer's data too; asking twice is harmless.

    :raises NotLive: if it is not live any more
    """
    wanted = AssistanceGrant.Level.ACT
    live = grants.running(real_now).filter(pk=grant.pk)
    if live.exclude(level=wanted).update(level=wanted):
        audit("help.act", grant, actor=grant.employee, grant=grant)
    elif not live.exists():
        raise NotLive
    grant.refresh_from_db()


@transaction.atomic
def end(grant: AssistanceGrant, *, outcome: str, note: str, real_now: datetime) -> None:
    """End a session as the employee says it went.

    :raises NotLive: if it has ended, or its time is over
    """
    if outcome not in SAID_AT_END:
        raise ValueError(f"{outcome} is not said by a person")
    ended = grants.running(real_now).filter(pk=grant.pk)
    if not ended.update(ended_at=real_now, outcome=outcome, outcome_note=note.strip()):
        raise NotLive
    grant.refresh_from_db()
    audit("help.end", grant, actor=grant.employee, grant=grant, detail={"outcome": outcome})


@transaction.atomic
def end_open(employee: User, *, outcome: str, real_now: datetime) -> int:
    """End whatever session a person has open, as when they sign out or lose a role.

    Returns how many there were: one, or none.
    """
    end_expired(employee=employee, real_now=real_now)
    count = 0
    for grant in AssistanceGrant.objects.filter(employee=employee, ended_at__isnull=True):
        count += AssistanceGrant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(
            ended_at=real_now, outcome=outcome
        )
        audit("help.end", grant, actor=employee, grant=grant, detail={"outcome": outcome})
    return count


def end_expired(*, employee: User | None = None, real_now: datetime) -> int:
    """End the sessions whose time is over, as of that moment; return how many."""
    over = AssistanceGrant.objects.filter(ended_at__isnull=True, expires_at__lte=real_now)
    if employee is not None:
        over = over.filter(employee=employee)
    return over.update(ended_at=F("expires_at"), outcome=Outcome.EXPIRED)

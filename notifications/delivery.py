"""Sending what is due: claim, send without a transaction, settle.

A mail is sent at least once. It is sent twice only when the connection breaks after the server
took the message and before it said so, or the worker dies in that moment; both copies then carry
the same Message-ID, by which mail programs show one.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock, failpoints
from core.jobs import LeaseLost, claim, settle, worker_name
from notifications import mail
from notifications.models import Delivery

BATCH = 10  # a batch of time-outs ends well within the lease
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 14  # about a day and a half

logger = logging.getLogger(__name__)


def due(now: datetime) -> QuerySet[Delivery]:
    """Return the deliveries to send now, the oldest first; `now` is real time."""
    return Delivery.objects.filter(
        Q(state=Delivery.State.PENDING) | Q(state=Delivery.State.SENDING), due_at__lte=now
    ).order_by("due_at", "pk")


def deliver_batch() -> int:
    """Claim a few due deliveries, send each and return how many were claimed."""
    owner = worker_name()
    rows = claim(
        due(clock.real_now()),
        owner=owner,
        limit=BATCH,
        lease=LEASE,
        state=Delivery.State.SENDING,
    )
    with _one_connection() as connection:
        for row in Delivery.objects.filter(pk__in=[r.pk for r in rows]).select_related("notice"):
            _deliver(row, owner, connection)
    return len(rows)


def wait_after(attempts: int) -> timedelta:
    """Return the pause after so many attempts: it doubles, up to six hours."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)


def _deliver(row: Delivery, owner: str, connection: BaseEmailBackend) -> None:
    """Send one mail; whatever goes wrong with it must not keep the others waiting."""
    try:
        mail.message(row, connection).send()
    except Exception as error:
        connection.close()
        logger.warning("delivery.failed", extra={"delivery": row.pk}, exc_info=True)
        _settle(row, owner, _after_failure(row, error))
        return
    failpoints.hit("delivery.sent", delivery=row.pk)
    sent = {"state": Delivery.State.SENT, "sent_at": clock.real_now(), "error": ""}
    _settle(row, owner, sent)


def _after_failure(row: Delivery, error: Exception) -> dict[str, object]:
    final = row.attempts >= MOST_ATTEMPTS or _is_final(error)
    return {
        "state": Delivery.State.FAILED if final else Delivery.State.PENDING,
        "due_at": clock.real_now() + wait_after(row.attempts),
        "error": f"{type(error).__name__}: {error}"[:500],
    }


def _settle(row: Delivery, owner: str, changes: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            settle(row, owner=owner, **changes)
    except LeaseLost:
        logger.warning("delivery.lease_lost", extra={"delivery": row.pk})


def _is_final(error: Exception) -> bool:
    """Tell whether the server refused this address or message for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


@contextmanager
def _one_connection() -> Iterator[BaseEmailBackend]:
    """Share one connection in a batch; each send opens it anew after a failure."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()

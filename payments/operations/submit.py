"""Ask the provider for the page of an attempt: state first, then the call, then its answer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core import clock
from core.failpoints import hit
from core.jobs import LeaseLost, settle, worker_name
from ledger.queries import balance
from payments import gateway as provider
from payments.frozen import digest
from payments.gateway import PaymentGateway, Refused, SessionView, Unanswered
from payments.models import PaymentAttempt
from payments.operations import attempts, moves, receive
from payments.providers.stripe.errors import KEY_REFUSED
from payments.states import UNSURE, State

LEASE = timedelta(seconds=min(60, settings.LEASE_SECONDS))  # longer than two tries of a call
KEY_LIFETIME = timedelta(hours=23)  # the provider keeps keys for 24 hours

logger = logging.getLogger(__name__)


class ParametersChanged(Exception):
    """What is stored is not what was frozen; it is not sent under the same key."""


class KeyTooOld(Exception):
    """The provider may have forgotten the key: asking again could make a second page."""


def submit(attempt: PaymentAttempt, *, now: datetime) -> PaymentAttempt:
    """Send an attempt to the provider, or send it again, and return it as it is then.

    The same key and parameters go out each time, so the provider makes one page of them. An
    attempt that another worker is sending, or that went on meanwhile, is returned as it is.

    :param now: the business moment
    :raises Offline: if no provider is configured
    :raises ParametersChanged: if the stored parameters are not the frozen ones
    :raises KeyTooOld: if the provider may have forgotten the key
    """
    gateway = provider.gateway()
    if gateway is None:
        raise attempts.Offline
    owner = worker_name()
    if not _take(attempt, owner):
        attempt.refresh_from_db()
        return attempt
    hit("pay.after_intent_commit", reference=attempt.reference)
    answer = _ask(gateway, attempt)
    hit("pay.after_provider", reference=attempt.reference)
    try:
        with transaction.atomic():
            _record(attempt, answer, owner=owner, now=now)
            hit("pay.before_record", reference=attempt.reference)
    except LeaseLost:  # the answer took so long that another worker asks by now
        logger.warning("attempt.lease_lost", extra={"reference": attempt.reference})
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def _take(attempt: PaymentAttempt, owner: str) -> bool:
    """Look at the books for the last time and lease the attempt; say whether it is to be sent."""
    row = moves.lock(attempt)
    real_now = clock.real_now()
    if row.state not in UNSURE or (row.lease_until and row.lease_until > real_now):
        return False
    if row.state == State.CREATED and _is_settled(row):
        moves.move(row, State.CANCELLED, cause="settled elsewhere")
        return False
    _refuse_to_repeat_other(row, real_now)
    if row.state == State.CREATED:
        moves.move(row, State.SUBMITTING, cause="sent")
    moves.update(row, attempts=row.attempts + 1, lease_owner=owner, lease_until=real_now + LEASE)
    return True


def _is_settled(attempt: PaymentAttempt) -> bool:
    """Say whether somebody else has paid, or the bill was taken back, since the attempt began."""
    if attempt.statement:
        return not attempts.open_of(attempt.account, attempt.statement)
    if attempt.target.startswith("adv:"):  # nothing was due from the start
        return False
    return balance(attempt.account_id, attempt.currency).balance <= 0


def _refuse_to_repeat_other(attempt: PaymentAttempt, real_now: datetime) -> None:
    if digest(attempt.parameters) != attempt.parameters_digest:
        logger.error("attempt.changed", extra={"reference": attempt.reference})
        raise ParametersChanged(attempt.reference)
    sent = attempt.changes.filter(to_state=State.SUBMITTING).order_by("pk").first()
    if sent and real_now - sent.changed_at > KEY_LIFETIME:
        raise KeyTooOld(attempt.reference)


def _ask(gateway: PaymentGateway, attempt: PaymentAttempt) -> SessionView | Unanswered | Refused:
    try:
        return gateway.create_session(attempt.parameters, key=attempt.idempotency_key)
    except (Unanswered, Refused) as error:
        logger.warning(
            "attempt.not_sent",
            extra={"reference": attempt.reference, "error": type(error).__name__},
        )
        return error


def _record(
    attempt: PaymentAttempt,
    answer: SessionView | Unanswered | Refused,
    *,
    owner: str,
    now: datetime,
) -> None:
    """Write the answer down, unless the attempt has gone on meanwhile: it never steps back.

    :raises LeaseLost: if another worker sends it by now
    """
    row = moves.lock(attempt)
    settle(row, owner=owner)
    if isinstance(answer, SessionView):
        receive.apply_session(answer, now=now, cause="sent")
    elif row.state not in UNSURE:
        return
    elif isinstance(answer, Refused) and _says_no(row, answer):
        moves.move(row, State.FAILED, cause="refused", failure_code=_code(answer))
    elif row.state != State.UNKNOWN:
        moves.move(row, State.UNKNOWN, cause="no answer")


def _says_no(attempt: PaymentAttempt, refusal: Refused) -> bool:
    """Say whether nothing was made; a refused API key says that of a first call only."""
    return attempt.state != State.UNKNOWN or refusal.code != KEY_REFUSED


def _code(refusal: Refused) -> str:
    return (refusal.code or "refused")[:60]

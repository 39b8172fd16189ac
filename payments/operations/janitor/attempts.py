"""Attempts that wait for an answer: send again under the same key, look, or search."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from core import clock
from payments import gateway as provider
from payments.gateway import PaymentGateway, ProviderError, SessionView
from payments.models import LIVE, PaymentAttempt, PaymentCase
from payments.operations import look, moves
from payments.operations.cases import open_case
from payments.operations.janitor import steps
from payments.operations.submit import KeyTooOld, ParametersChanged, submit
from payments.states import UNSURE, State

BATCH = 50
MARGIN = timedelta(hours=1)  # between our clock and the provider's

logger = logging.getLogger(__name__)


def look_after_attempts(*, now: datetime, everything: bool = False) -> int:
    """Look after the live attempts that are due and return how many looks were taken.

    :param now: the business moment
    :param everything: look at every live attempt now, due or not
    """
    gateway = provider.gateway()
    if gateway is None:
        return 0
    real_now = clock.real_now()
    live = PaymentAttempt.objects.filter(state__in=LIVE).select_related("account")
    if not everything:
        live = live.filter(due_at__lte=real_now)
    taken = 0
    for attempt in live.order_by("due_at", "pk")[: None if everything else BATCH]:
        if steps.take(attempt, real_now):
            taken += 1
            _look(gateway, attempt, now)
    return taken


def _look(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> None:
    try:
        if attempt.state in UNSURE:
            _ask_again(gateway, attempt, now)
        else:
            look.look(attempt, now=now, cause="janitor")
    except (ProviderError, ParametersChanged) as error:
        logger.warning(
            "attempt.no_answer",
            extra={"reference": attempt.reference, "error": type(error).__name__},
        )
    if steps.is_last(attempt):
        _give_to_a_person(attempt, now)


def _ask_again(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> None:
    """Send it again; the provider may repeat an error that came after its effect: then search."""
    try:
        asked = submit(attempt, now=now)
    except KeyTooOld:
        _search(gateway, attempt, now)
        return
    if asked.state == State.UNKNOWN and (found := _find(gateway, attempt)):
        look.look_at_session(gateway, found.id, now=now, cause="janitor")


def _search(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> None:
    """Look for the page among those of that time; it never was if it is absent twice."""
    found = _find(gateway, attempt)
    if found:
        look.look_at_session(gateway, found.id, now=now, cause="janitor")
    elif steps.is_absent_again(attempt):
        _abandon(attempt)


def _find(gateway: PaymentGateway, attempt: PaymentAttempt) -> SessionView | None:
    first = attempt.changes.order_by("pk").first()
    since = (first.changed_at if first else attempt.changed_at) - MARGIN
    uid = str(attempt.uid)
    return next(
        (s for s in gateway.sessions_since(since) if s.metadata.get("attempt") == uid), None
    )


@transaction.atomic
def _abandon(attempt: PaymentAttempt) -> None:
    row = moves.lock(attempt)
    if row.state in UNSURE:
        moves.move(row, State.ABANDONED, cause="absent twice")


def _give_to_a_person(attempt: PaymentAttempt, now: datetime) -> None:
    attempt.refresh_from_db()
    if attempt.is_live:
        open_case(
            PaymentCase.Kind.STUCK,
            attempt.reference,
            account=attempt.account,
            about=attempt.reference,
            detail={"state": attempt.state, "amount_minor": attempt.amount_minor},
            now=now,
        )

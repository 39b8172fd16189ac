"""Attempts that wait for an answer: send again under the same key, look, or search."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core import clock
from payments import gateway as provider
from payments.gateway import Absent, PaymentGateway, SessionView
from payments.models import LIVE, PaymentAttempt, PaymentCase
from payments.operations import look, moves
from payments.operations.cases import open_case
from payments.operations.janitor import steps
from payments.operations.submit import KeyTooOld, submit
from payments.operations.withdraw import WAITING
from payments.states import UNSURE, State

MARGIN = timedelta(hours=1)  # between our clock and the provider's


def look_after_attempts(*, now: datetime, everything: bool = False) -> int:
    """Look after the live attempts that are due and return how many looks were taken.

    :param now: the business moment
    :param everything: look at every live attempt now, due or not
    """
    gateway = provider.gateway()
    if gateway is None:
        return 0
    live = PaymentAttempt.objects.filter(state__in=LIVE).select_related("account")

    def look_at(attempt: PaymentAttempt) -> None:
        try:
            _look(gateway, attempt, now)
        finally:
            _give_to_a_person(attempt, now)

    return steps.look_at_each(live, look_at, everything=everything)


def _look(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> None:
    if attempt.state not in UNSURE:
        _follow(attempt, now)
        return
    try:
        asked = submit(attempt, now=now)
    except KeyTooOld:
        _search(gateway, attempt, now)
        return
    if asked.state == State.UNKNOWN:
        _look_for(gateway, attempt, now)


def _follow(attempt: PaymentAttempt, now: datetime) -> None:
    """Look at the page; one that is over and that the provider knows no more is given up."""
    try:
        look.look(attempt, now=now, cause="janitor")
    except Absent:
        if not _is_over(attempt) or not steps.is_absent_again(attempt):
            raise
        _expire(attempt)


def _is_over(attempt: PaymentAttempt) -> bool:
    expires_at = attempt.session_expires_at
    return attempt.state in WAITING and bool(expires_at and expires_at < clock.real_now())


@transaction.atomic
def _expire(attempt: PaymentAttempt) -> None:
    row = moves.lock(attempt)
    if row.state in WAITING:
        moves.move(row, State.EXPIRED, cause="absent twice")


def _search(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> None:
    """Look for the page among those of that time; it never was if it is absent twice."""
    if not _look_for(gateway, attempt, now) and steps.is_absent_again(attempt):
        _abandon(attempt)


def _look_for(gateway: PaymentGateway, attempt: PaymentAttempt, now: datetime) -> bool:
    """Follow the page of an attempt whose answers are lost, and say whether there is one.

    The provider may keep an error that came after its effect and repeat it under the same key.
    """
    found = _find(gateway, attempt)
    if found:
        look.look_at_session(gateway, found.id, now=now, cause="janitor")
    return found is not None


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
    """Open a case if no look follows the one that was just taken, and it still lives."""
    attempt.refresh_from_db()
    if attempt.is_live and attempt.due_at is None:
        open_case(
            PaymentCase.Kind.STUCK,
            attempt.reference,
            account=attempt.account,
            about=attempt.reference,
            detail={"state": attempt.state, "amount_minor": attempt.amount_minor},
            now=now,
        )

"""Follow the provider: bring an attempt to where its page and its payment are, never back.

Every function may be called any number of times, in any order, by anybody: webhook, return
page, janitor, poll. The first one books; the others find nothing to do.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts.queries import people_to_tell
from core import clock
from notifications.operations import announce
from payments import notices
from payments.gateway import IntentView, SessionView
from payments.models import Method, PaymentAttempt, SuspenseItem
from payments.operations import booking, matching, moves
from payments.operations.suspense import take_in
from payments.outcomes import Applied
from payments.states import UNSURE, State, may_go

CURRENCY = "currency_mismatch"
LOST = {"succeeded": State.SUCCEEDED, "processing": State.PROCESSING}  # worth to be restored

logger = logging.getLogger(__name__)


def apply_session(view: SessionView, *, now: datetime, cause: str) -> Applied:
    """Bring an attempt to where its hosted page is. Books nothing: the page's payment does.

    :param now: the business moment
    :param cause: who looked: evt_..., janitor, return page
    """
    attempt = matching.of_session(view)
    if attempt is None:
        return Applied.FOREIGN if matching.is_foreign(view.metadata) else Applied.UNCHANGED
    with transaction.atomic():
        row = moves.lock(attempt)
        if row.session_id not in (None, view.id):
            logger.error("attempt.second_page", extra={"reference": row.reference})
            return Applied.UNCHANGED
        is_bound = _bind_session(row, view)
        is_moved = _follow_session(row, view, cause)
    return _told(is_bound or is_moved)


@transaction.atomic
def apply_intent(view: IntentView, *, now: datetime, cause: str) -> Applied:
    """Bring an attempt to where its payment is, and book what was received.

    Money that belongs to no account we know goes to suspense.

    :param now: the business moment; money is booked on the utility's day of it
    :param cause: who looked: evt_..., janitor, return page
    """
    if item := SuspenseItem.objects.filter(intent_id=view.id).first():
        take_in(view, why=item.why, now=now)  # its fee may be known by now
        return Applied.UNCHANGED
    attempt = matching.of_intent(view)
    if attempt is None:
        return _unknown(view, now)
    row = moves.lock(attempt)
    if row.intent_id not in (None, view.id):
        return _into_suspense(view, "second_payment", now)
    is_bound = row.intent_id is None
    if is_bound:
        moves.update(row, intent_id=view.id)
    if view.status == "succeeded":
        return _succeeded(row, view, now=now, cause=cause)
    return _told(_follow_intent(row, view, now=now, cause=cause) or is_bound)


def _told(has_changed: bool) -> Applied:
    return Applied.APPLIED if has_changed else Applied.UNCHANGED


# --- the hosted page


def _bind_session(row: PaymentAttempt, view: SessionView) -> bool:
    new: dict[str, object] = {}
    if row.session_id is None:
        new = {
            "session_id": view.id,
            "session_url": view.url,
            "session_expires_at": view.expires_at,
        }
    if row.intent_id is None and view.intent_id:
        new["intent_id"] = view.intent_id
    if new:
        moves.update(row, **new)
    return bool(new)


def _follow_session(row: PaymentAttempt, view: SessionView, cause: str) -> bool:
    if view.status == "expired":
        return _end(row, row.failure_code, cause)
    if view.status == "complete" and view.payment_status == "unpaid":
        return _go(row, State.PROCESSING, cause)
    is_moved = row.state in UNSURE and _go(row, State.OPEN, cause)
    if view.status == "complete" and row.is_live:
        moves.update(row, due_at=clock.real_now())  # its payment is to be looked at, at once
    return is_moved


# --- the payment


def _follow_intent(row: PaymentAttempt, view: IntentView, *, now: datetime, cause: str) -> bool:
    if view.status == "processing":
        return _go(row, State.PROCESSING, cause)
    if view.status == "requires_action":
        return _go(row, State.REQUIRES_ACTION, cause)
    if view.status == "canceled":
        return _given_up(row, view.failure_code or row.failure_code, now=now, cause=cause)
    if view.status == "requires_payment_method" and view.failure_code:
        if row.state == State.PROCESSING and not _may_come_yet(row, view):
            return _given_up(row, view.failure_code, now=now, cause=cause)
        return _declined(row, view.failure_code)
    return False


def _succeeded(row: PaymentAttempt, view: IntentView, *, now: datetime, cause: str) -> Applied:
    if row.state == State.SUCCEEDED:
        return _told(booking.book_fee(view.charge, now=now))
    if view.currency != row.account.currency:
        _go(row, State.FAILED, cause, failure_code=CURRENCY)
        return _into_suspense(view, "currency", now)
    before = row.state
    moves.move(
        row, State.SUCCEEDED, cause=cause, received_minor=view.amount_received, failure_code=""
    )
    booking.book(row, view, before=before, now=now)
    return Applied.APPLIED


def _given_up(row: PaymentAttempt, code: str, *, now: datetime, cause: str) -> bool:
    """End an attempt; who was told that the money is on its way is told that it is not."""
    if row.state != State.PROCESSING:
        return _end(row, code, cause)
    moves.move(row, State.FAILED, cause=cause, failure_code=(code or "canceled")[:60])
    people = people_to_tell([row.account_id], clock.real_now())
    announce([notices.payment_failed(row, people.get(row.account_id, []))], now=now)
    return True


def _may_come_yet(row: PaymentAttempt, view: IntentView) -> bool:
    """Say whether a refusal leaves hope for what was on its way.

    One without a charge is older than that and was overtaken; the page of a card that failed
    late may still take another one.
    """
    if view.charge is None:
        return True
    expires_at = row.session_expires_at
    is_open = bool(expires_at and expires_at > clock.real_now())
    return view.charge.method == Method.CARD and is_open


def _declined(row: PaymentAttempt, code: str) -> bool:
    """Keep why a card was refused; the page is still open for another one."""
    if not row.is_live or row.failure_code == code[:60]:
        return False
    moves.update(row, failure_code=code[:60])
    return True


def _end(row: PaymentAttempt, code: str, cause: str) -> bool:
    """End an attempt that was not paid: failed if a card was refused, else expired."""
    if code:
        return _go(row, State.FAILED, cause, failure_code=code[:60])
    return _go(row, State.EXPIRED, cause)


def _go(row: PaymentAttempt, after: State, cause: str, **more: object) -> bool:
    """Move on if that is a step forward, and say whether it was."""
    if not may_go(row.state, after):
        return False
    moves.move(row, after, cause=cause, **more)
    return True


# --- nobody's


def _unknown(view: IntentView, now: datetime) -> Applied:
    """Write an attempt again that a restored backup forgot; money of nobody waits in suspense."""
    if matching.is_foreign(view.metadata):
        return Applied.FOREIGN
    account = matching.account_of(view.metadata)
    if account is None:
        return _into_suspense(view, "unknown_account", now)
    if account.currency != view.currency:
        return _into_suspense(view, "currency", now)
    state = LOST.get(view.status)
    if state is None:
        return Applied.UNCHANGED
    moves.lock_account(account)
    attempt = matching.restore(view, account, state)
    if attempt is None:
        return _into_suspense(view, "not_restored", now)
    if state == State.SUCCEEDED:
        booking.book(attempt, view, before="", now=now)
    return Applied.APPLIED


def _into_suspense(view: IntentView, why: str, now: datetime) -> Applied:
    if view.status != "succeeded":
        return Applied.UNCHANGED
    take_in(view, why=why, now=now)
    return Applied.UNMATCHED

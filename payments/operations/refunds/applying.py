"""Bring a refund in step with the provider's object, whatever order its news come in.

A refund only goes on: sent, then paid, then failed; a failure is final, and older news change
nothing. The one exception is a refund that the provider had refused to make and that exists
there all the same: what exists is true, and it is booked again.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core import clock
from payments.entries import refunds as entries
from payments.frozen import digest
from payments.gateway import RefundView
from payments.models import Payment, Refund, SuspenseItem
from payments.operations.balance import book_charge
from payments.operations.receipts import Receipt, lock_receipt, today
from payments.operations.refunds.booking import book_failure, book_request, book_success
from payments.operations.refunds.parameters import parameters_of
from payments.outcomes import Applied

State = Refund.State
NEXT_LOOK = timedelta(hours=1)  # at a refund that is on its way
STATES = {"succeeded": State.SUCCEEDED, "failed": State.FAILED, "canceled": State.FAILED}
RANK = {State.PENDING: 1, State.SUCCEEDED: 2, State.FAILED: 3}  # what comes before is all the same
NOT_SENT = (State.REQUESTED, State.REJECTED)

logger = logging.getLogger(__name__)


@transaction.atomic
def apply_refund(view: RefundView, *, now: datetime, cause: str) -> Applied:
    """Book what the provider says about a refund, once, and say whether it was new.

    A refund that was made at the provider is taken in with its request.

    :param cause: what made us look: the event's id, a sweep, a person
    :raises PaymentMissing: if we know neither the refund nor the payment that it gives back
    """
    if view.metadata.get("environment", "") not in ("", settings.STRIPE_ENVIRONMENT):
        return Applied.FOREIGN
    held = lock_receipt(view.intent_id)
    refund = _known(view) or _made_there(view, held, now)
    outcome = _follow(refund, view, now)
    for balance in (view.balance, view.failure_balance):
        if balance:
            book_charge(balance, effective_date=today(now))
    named = {"refund": str(refund.uid), "state": refund.state, "cause": cause}
    logger.info("refund.%s", outcome, extra=named)
    return outcome


def _known(view: RefundView) -> Refund | None:
    rows = Refund.objects.select_for_update(of=("self",)).select_related(
        "payment__account__customer", "suspense_item__payment__account__customer"
    )
    if found := rows.filter(provider_id=view.id).first():
        return found
    uid = _said_uid(view)
    if uid is None:
        return None
    found = rows.filter(uid=uid, provider_id=None).exclude(state__in=NOT_SENT).first()
    return found if found and found.parameters.get("payment_intent") == view.intent_id else None


def _made_there(view: RefundView, held: Receipt, now: datetime) -> Refund:
    """Take in a refund that we did not ask for: nobody here decided on it, yet it is true."""
    parameters = parameters_of(_free_uid(view), held, view.amount)
    refund = Refund.objects.create(
        uid=parameters["metadata"]["refund"],
        payment=held if isinstance(held, Payment) else None,
        suspense_item=held if isinstance(held, SuspenseItem) else None,
        amount_minor=view.amount,
        currency=view.currency,
        reason="Made at the provider",
        origin=Refund.Origin.PROVIDER,
        requested_at=view.created_at,
        idempotency_key=f"provider:{view.id}",
        parameters=parameters,
        parameters_digest=digest(parameters),
        state=State.APPROVED,
        changed_at=clock.real_now(),
    )
    book_request(refund, now)
    return refund


def _free_uid(view: RefundView) -> uuid.UUID:
    """Return the name that we once gave the refund, if our own row of it was lost."""
    uid = _said_uid(view)
    return uid if uid and not Refund.objects.filter(uid=uid).exists() else uuid.uuid4()


def _said_uid(view: RefundView) -> uuid.UUID | None:
    try:
        return uuid.UUID(view.metadata.get("refund", ""))
    except ValueError:
        return None


def _follow(refund: Refund, view: RefundView, now: datetime) -> Applied:
    state = STATES.get(view.status, State.PENDING)
    if refund.provider_id and RANK[state] <= RANK.get(State(refund.state), 0):
        return Applied.UNCHANGED
    before = State(refund.state)
    refund.provider_id = view.id
    refund.failure_code = view.failure_code[:60]
    if before is not state:
        _book(refund, before, state, now)
    refund.state = state
    refund.changed_at = clock.real_now()
    refund.due_at = clock.real_now() + NEXT_LOOK if state is State.PENDING else None
    refund.save(
        update_fields=["provider_id", "failure_code", "failures", "state", "changed_at", "due_at"]
    )
    return Applied.APPLIED


def _book(refund: Refund, before: State, state: State, now: datetime) -> None:
    provider_id = refund.provider_id or ""
    if before is State.FAILED:
        book_request(refund, now)  # refused to us, and there all the same
    if state is State.SUCCEEDED:
        book_success(refund, provider_id, now)
    if state is State.FAILED:
        key = entries.failed_key(provider_id, refund.failures + 1)
        book_failure(refund, key, now, was_sent=before is State.SUCCEEDED)
        refund.failures += 1

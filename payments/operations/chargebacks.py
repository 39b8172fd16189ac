"""Follow a payment that the payer's bank asks back, through any order of news.

Each movement of our balance is booked once, by its own key. What is owed again because a dispute
is lost follows from the movements and the state alone, so early, late and repeated news end in
the same books. News are newer when they tell more movements, else when their status is further
on in `ORDER`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from ledger import operations as ledger
from payments.entries import chargebacks as entries
from payments.gateway import DisputeView
from payments.models import BalanceTransaction, Chargeback, Payment, PaymentCase
from payments.operations import losses
from payments.operations.balance import record_balance
from payments.operations.cases import open_case
from payments.operations.receipts import Receipt, lock_receipt, today
from payments.outcomes import Applied

State = Chargeback.State
ORDER = (
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "lost",
    "prevented",
    "won",
)
CLOSED = ("warning_closed", "lost", "prevented", "won")

logger = logging.getLogger(__name__)


@transaction.atomic
def apply_dispute(view: DisputeView, *, now: datetime, cause: str) -> Applied:
    """Book what the provider says about a dispute, once, and say whether it was new.

    An inquiry moves no money: it is kept, and a person looks at it. A returned bank debit is a
    dispute that is lost at first sight.

    :raises PaymentMissing: if we do not know the payment that is asked back
    """
    held = lock_receipt(view.intent_id)
    chargeback, is_new = _row(view, held, now)
    told = BalanceTransaction.objects.filter(source_id=view.id).count()
    has_moved = _book_movements(view, held, now)
    has_changed = _follow(chargeback, view, told, held, now)
    has_settled = losses.follow(chargeback, now)
    if not (is_new or has_moved or has_changed or has_settled):
        return Applied.UNCHANGED
    named = {"dispute": view.id, "state": chargeback.state, "cause": cause}
    logger.info("chargeback.applied", extra=named)
    return Applied.APPLIED


def _row(view: DisputeView, held: Receipt, now: datetime) -> tuple[Chargeback, bool]:
    row, is_new = Chargeback.objects.get_or_create(
        provider_id=view.id,
        defaults={
            "payment": held if isinstance(held, Payment) else None,
            "intent_id": view.intent_id,
            "amount_minor": view.amount,
            "currency": view.currency,
            "reason": view.reason[:80],
            "provider_status": view.status,
            "state": _state(view),
            "opened_at": view.created_at,
            "evidence_due_at": view.evidence_due_at,
            "closed_at": now if view.status in CLOSED else None,
        },
    )
    if is_new:
        _open_case(row, now)
    return row, is_new


def _book_movements(view: DisputeView, held: Receipt, now: datetime) -> bool:
    owner = held.account_id if isinstance(held, Payment) else None
    has_moved = False
    for balance in view.balances:
        named = replace(balance, source_id=view.id)
        if record_balance(named):
            ledger.post(entries.moved(named, owner, today(now)))
            has_moved = True
    return has_moved


def _follow(
    chargeback: Chargeback, view: DisputeView, told: int, held: Receipt, now: datetime
) -> bool:
    """Take over the state if these news are newer; `told` is how many movements we knew."""
    was, chargeback.payment = chargeback.payment_id, held if isinstance(held, Payment) else None
    fields = ["payment"] if was != chargeback.payment_id else []
    if (len(view.balances), _rank(view.status)) > (told, _rank(chargeback.provider_status)):
        chargeback.provider_status = view.status
        chargeback.state = _state(view)
        chargeback.evidence_due_at = view.evidence_due_at
        chargeback.closed_at = now if view.status in CLOSED else None
        fields += ["provider_status", "state", "evidence_due_at", "closed_at"]
    if fields:
        chargeback.save(update_fields=fields)
    return bool(fields)


def _state(view: DisputeView) -> State:
    """Return what a status means for the money; a loss that was given back is no loss.

    A word that we do not know yet leaves the chargeback open, for the person of its case.
    """
    if view.status.startswith("warning_"):
        return State.INQUIRY
    if view.status in ("lost", "prevented"):
        taken = -sum(balance.amount for balance in view.balances)
        is_lost = taken > 0 or (view.status == "lost" and not view.balances)
        return State.LOST if is_lost else State.WON
    return State.WON if view.status == "won" else State.OPEN


def _rank(status: str) -> int:
    return ORDER.index(status) if status in ORDER else -1


def _open_case(chargeback: Chargeback, now: datetime) -> None:
    payment, due_at = chargeback.payment, chargeback.evidence_due_at
    open_case(
        PaymentCase.Kind.CHARGEBACK,
        chargeback.provider_id,
        account=payment.account if payment else None,
        about=chargeback.provider_id,
        detail={
            "amount_minor": chargeback.amount_minor,
            "currency": chargeback.currency,
            "reason": chargeback.reason,
            "status": chargeback.provider_status,
            "answer_due": due_at.isoformat() if due_at else "",
            "intent": chargeback.intent_id,
        },
        now=now,
    )

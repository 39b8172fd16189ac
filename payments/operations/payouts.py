"""Follow the money from our balance at the provider to our bank."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from ledger import operations as ledger
from ledger.models import JournalEntry
from payments.entries import payouts as entries
from payments.gateway import PayoutView
from payments.models import PaymentCase, Payout
from payments.operations.balance import book_charge
from payments.operations.cases import open_case
from payments.operations.receipts import today
from payments.outcomes import Applied

RETURNED = ("failed", "canceled")  # final: the money is in our balance again
RANK = {"pending": 0, "in_transit": 1, "paid": 2, "failed": 3, "canceled": 3}

logger = logging.getLogger(__name__)


@transaction.atomic
def apply_payout(view: PayoutView, *, now: datetime, cause: str) -> Applied:
    """Book a payout at first sight, and its mirror when it fails, each once; in any order.

    A payout that is `paid` may still fail; one that failed stays so.
    """
    outcome = _follow(view, now)
    for balance in (view.balance, view.failure_balance):
        if balance:
            book_charge(balance, effective_date=today(now))
    logger.info("payout.%s", outcome, extra={"payout": view.id, "cause": cause})
    return outcome


def _follow(view: PayoutView, now: datetime) -> Applied:
    _, is_new = Payout.objects.get_or_create(
        provider_id=view.id,
        defaults={
            "amount_minor": view.amount,
            "currency": view.currency,
            "status": view.status,
            "arrives_on": view.arrives_on,
            "created_at": view.created_at,
        },
    )
    payout = Payout.objects.select_for_update().get(provider_id=view.id)
    if is_new and view.status not in RETURNED:
        ledger.post(entries.sent(payout, today(now)))
    elif not is_new and RANK.get(view.status, 0) <= RANK.get(payout.status, 0):
        return Applied.UNCHANGED
    elif not is_new and view.status in RETURNED:
        _take_back(payout, view.status, now)
    if view.status == "failed":
        _open_case(payout, now)
    payout.status = view.status
    payout.save(update_fields=["status"])
    return Applied.APPLIED


def _take_back(payout: Payout, status: str, now: datetime) -> None:
    entry = JournalEntry.objects.get(source_key=entries.sent_key(payout.provider_id))
    ledger.reverse(
        entry.pk,
        source_key=entries.failed_key(payout.provider_id),
        effective_date=today(now),
        reason=f"payout {status}",
        actor="system",
        is_fact=True,
    )


def _open_case(payout: Payout, now: datetime) -> None:
    detail = {"amount_minor": payout.amount_minor, "currency": payout.currency}
    kind = PaymentCase.Kind.PAYOUT_FAILED
    open_case(kind, payout.provider_id, about=payout.provider_id, detail=detail, now=now)

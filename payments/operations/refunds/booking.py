"""Book what became of a refund, tell the customer, and hand a failure to a person.

The caller holds the lock of the receipt, and of the refund's row.
"""

from __future__ import annotations

from datetime import datetime

from accounts.queries import people_to_tell
from core import clock
from ledger import operations as ledger
from ledger.models import JournalEntry
from notifications.operations import announce
from payments.entries import refunds as entries
from payments.models import Payment, PaymentCase, Refund
from payments.notices import refunds as notices
from payments.operations.cases import open_case
from payments.operations.receipts import today, undo


def book_request(refund: Refund, now: datetime) -> None:
    """Owe a refund to the payer; what its payment had paid is open again."""
    payment = payment_of(refund)
    owner = payment.account_id if payment else None
    key = _request_key(refund)
    entry_id = ledger.post(entries.requested(refund, owner, today(now), source_key=key))
    if payment:
        undo(payment, entry_id, refund.amount_minor)


def book_success(refund: Refund, provider_id: str, now: datetime) -> None:
    """Note that the provider has paid the refund, and tell the customer."""
    ledger.post(entries.sent(refund, provider_id, today(now)))
    if payment := payment_of(refund):
        people = people_to_tell([payment.account_id], clock.real_now())[payment.account_id]
        announce([notices.refund_sent(refund, payment, people)], now=now)


def book_failure(refund: Refund, source_key: str, now: datetime, *, was_sent: bool) -> None:
    """Take the request back: the payment pays again what it had paid, and a person looks at it."""
    payment = payment_of(refund)
    owner = payment.account_id if payment else None
    entry = entries.failed(refund, owner, today(now), source_key=source_key, was_sent=was_sent)
    entry_id = ledger.post(entry)
    if payment:
        request = JournalEntry.objects.get(source_key=_request_key(refund))
        ledger.resettle(request.pk, entry_id)
        people = people_to_tell([payment.account_id], clock.real_now())[payment.account_id]
        announce([notices.refund_failed(refund, payment, people)], now=now)
    _open_case(refund, payment, source_key, now)


def payment_of(refund: Refund) -> Payment | None:
    """Return the payment that a refund gives back; none while its money is nobody's."""
    item = refund.suspense_item
    return item.payment if item else refund.payment


def _request_key(refund: Refund) -> str:
    return entries.requested_key(refund.pk, refund.failures + 1)


def _open_case(refund: Refund, payment: Payment | None, key: str, now: datetime) -> None:
    open_case(
        PaymentCase.Kind.REFUND_FAILED,
        key,
        account=payment.account if payment else None,
        about=refund.provider_id or str(refund.uid),
        detail={
            "refund": str(refund.uid),
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            "code": refund.failure_code,
        },
        now=now,
    )

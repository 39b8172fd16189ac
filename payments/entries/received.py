"""Money that came through the provider for an account: row 3 of the posting table."""

from __future__ import annotations

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.entries.suspense import received_key
from payments.models import Payment

__all__ = ["payment_received", "received_key"]


def payment_received(payment: Payment) -> Entry:
    """Return the entry of an online payment: at the provider, less owed by the customer."""
    amount = payment.amount_minor
    return Entry(
        event_type="payment.received",
        source_key=received_key(payment.intent_id or ""),
        currency=payment.currency,
        effective_date=payment.received_on,
        legs=(
            Leg("stripe_clearing", amount),
            Leg("receivable", -amount, account_id=payment.account_id),
        ),
        actor=payment.actor,
        reason=payment.reference,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )

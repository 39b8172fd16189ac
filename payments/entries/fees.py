"""What the provider keeps for taking a payment: row 4 of the posting table."""

from __future__ import annotations

from datetime import date

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.gateway import BalanceView


def fee_key(balance_id: str) -> str:
    return f"bt:{balance_id}:fee"


def fee_charged(view: BalanceView, effective_date: date) -> Entry:
    """Return the fee of one charge, as the provider's balance transaction states it."""
    return Entry(
        event_type="payment.fee",
        source_key=fee_key(view.id),
        currency=view.currency,
        effective_date=effective_date,
        legs=(Leg("psp_fees", view.fee), Leg("stripe_clearing", -view.fee)),
        reason=view.source_id,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )

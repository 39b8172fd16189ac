"""Money from our balance at the provider to our bank: row 5 of the posting table."""

from __future__ import annotations

from datetime import date

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.models import Payout


def sent_key(provider_id: str) -> str:
    return f"po:{provider_id}"


def failed_key(provider_id: str) -> str:
    return f"po:{provider_id}:failed"


def sent(payout: Payout, effective_date: date) -> Entry:
    """Return row 5; the amount is negative when the provider takes from our bank."""
    amount = payout.amount_minor
    return Entry(
        event_type="payout.sent",
        source_key=sent_key(payout.provider_id),
        currency=payout.currency,
        effective_date=effective_date,
        legs=(Leg("bank", amount), Leg("stripe_clearing", -amount)),
        reason=payout.provider_id,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )

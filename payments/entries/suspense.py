"""Money that nobody is known to have paid: rows 3 and 7 of the posting table."""

from __future__ import annotations

from datetime import date

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.models import SuspenseItem


def received_key(intent_id: str) -> str:
    """Return the identity of money from the provider, whoever's it is."""
    return f"pi:{intent_id}:ok"


def resolved_key(item_id: int) -> str:
    return f"susp:{item_id}"


def unidentified(item: SuspenseItem) -> Entry:
    """Return row 3 for money without an account: at the provider, owed to somebody."""
    amount = item.amount_minor
    return Entry(
        event_type="suspense.received",
        source_key=item.source_key,
        currency=item.currency,
        effective_date=item.received_on,
        legs=(Leg("stripe_clearing", amount), Leg("suspense", -amount)),
        reason=item.why,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )


def identified(item: SuspenseItem, account_id: int, effective_date: date, actor: str) -> Entry:
    """Return row 7: the money leaves suspense and pays what the account owes."""
    amount = item.amount_minor
    return Entry(
        event_type="suspense.resolved",
        source_key=resolved_key(item.pk),
        currency=item.currency,
        effective_date=effective_date,
        legs=(Leg("suspense", amount), Leg("receivable", -amount, account_id)),
        actor=actor,
        reason=item.source_key,
        category=JournalEntry.Category.OTHER,
    )

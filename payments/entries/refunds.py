"""Money given back through the provider: rows 12 to 14 of the posting table.

Money that still belongs to nobody we know goes back from suspense: then there is no account.
"""

from __future__ import annotations

from datetime import date

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.models import Refund


def requested_key(refund_id: int, number: int = 1) -> str:
    """Return the identity of a request; `number` grows when a failed refund turns out to live."""
    return f"rf:{refund_id}:req" + (f":{number}" if number > 1 else "")


def refused_key(refund_id: int) -> str:
    """Return the identity of the undoing of a request that never became a refund there."""
    return f"rf:{refund_id}:undo"


def sent_key(provider_id: str) -> str:
    return f"re:{provider_id}:ok"


def failed_key(provider_id: str, number: int) -> str:
    return f"re:{provider_id}:fail:{number}"


def requested(
    refund: Refund, account_id: int | None, effective_date: date, *, source_key: str
) -> Entry:
    """Return row 12: owed to the payer until the provider has sent it."""
    amount = refund.amount_minor
    legs = (_owner(amount, account_id), Leg("refunds_payable", -amount))
    is_fact = refund.origin == Refund.Origin.PROVIDER or refund.failures > 0  # made there already
    return _entry("refund.requested", source_key, refund, effective_date, legs, is_fact=is_fact)


def sent(refund: Refund, provider_id: str, effective_date: date) -> Entry:
    """Return row 13: the provider paid it from our balance."""
    amount = refund.amount_minor
    legs = (Leg("refunds_payable", amount), Leg("stripe_clearing", -amount))
    return _entry("refund.succeeded", sent_key(provider_id), refund, effective_date, legs)


def failed(
    refund: Refund,
    account_id: int | None,
    effective_date: date,
    *,
    source_key: str,
    was_sent: bool,
) -> Entry:
    """Return row 14: the money is still ours to keep for the payer, before or after it left."""
    amount = refund.amount_minor
    source = "stripe_clearing" if was_sent else "refunds_payable"
    legs = (Leg(source, amount), _owner(-amount, account_id))
    return _entry("refund.failed", source_key, refund, effective_date, legs)


def _owner(amount: int, account_id: int | None) -> Leg:
    if account_id is None:
        return Leg("suspense", amount)
    return Leg("receivable", amount, account_id)


def _entry(
    event_type: str,
    source_key: str,
    refund: Refund,
    effective_date: date,
    legs: tuple[Leg, Leg],
    *,
    is_fact: bool = True,
) -> Entry:
    return Entry(
        event_type=event_type,
        source_key=source_key,
        currency=refund.currency,
        effective_date=effective_date,
        legs=legs,
        reason=refund.reason[:200],
        due_on=effective_date,
        category=JournalEntry.Category.OTHER,
        is_fact=is_fact,
    )

"""Payments that the payer's bank takes back: rows 15 to 18 of the posting table.

While a chargeback is open its money stands in `disputed`, where no reminder and no late fee sees
it. Money that belongs to nobody we know comes from, and returns to, suspense.
"""

from __future__ import annotations

from datetime import date

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.gateway import BalanceView


def moved_key(balance_id: str) -> str:
    return f"bt:{balance_id}"


def lost_key(dispute_id: str, number: int = 1) -> str:
    """Return the identity of a loss; a second one follows a loss that was taken back."""
    return f"dp:{dispute_id}:lost" + (f":{number}" if number > 1 else "")


def regained_key(dispute_id: str, number: int, part: int) -> str:
    """Return the identity of the `part`th taking back of the `number`th loss."""
    return f"dp:{dispute_id}:lost:{number}:back:{part}"


def moved(view: BalanceView, account_id: int | None, effective_date: date) -> Entry:
    """Return row 15 or 16: withdrawn when the amount is negative, reinstated when positive.

    The fee is what the movement says; it is negative when the provider gives it back.
    """
    kind = "suspense" if account_id is None else "disputed"
    legs = [
        Leg(kind, -view.amount, account_id),
        Leg("dispute_fees", view.fee),
        Leg("stripe_clearing", view.net),
    ]
    return Entry(
        event_type="chargeback.withdrawn" if view.amount < 0 else "chargeback.reinstated",
        source_key=moved_key(view.id),
        currency=view.currency,
        effective_date=effective_date,
        legs=[leg for leg in legs if leg.amount],
        reason=view.source_id,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )


def lost(
    source_key: str, amount: int, account_id: int, currency: str, effective_date: date, reason: str
) -> Entry:
    """Return row 17: the customer owes again what their bank has taken back for good."""
    return _between(
        "chargeback.lost", source_key, amount, account_id, currency, effective_date, reason
    )


def regained(
    source_key: str, amount: int, account_id: int, currency: str, effective_date: date, reason: str
) -> Entry:
    """Return the opposite of row 17: money that was lost came back after all."""
    return _between(
        "chargeback.regained", source_key, -amount, account_id, currency, effective_date, reason
    )


def _between(
    event_type: str,
    source_key: str,
    amount: int,
    account_id: int,
    currency: str,
    effective_date: date,
    reason: str,
) -> Entry:
    return Entry(
        event_type=event_type,
        source_key=source_key,
        currency=currency,
        effective_date=effective_date,
        legs=(Leg("receivable", amount, account_id), Leg("disputed", -amount, account_id)),
        reason=reason[:200],
        due_on=effective_date,
        category=JournalEntry.Category.OTHER,
        is_fact=True,
    )

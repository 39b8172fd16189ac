"""Keep each movement of our balance at the provider, and book what it cost."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from ledger import operations as ledger
from ledger.entries import Entry
from payments.entries import fees
from payments.gateway import BalanceView
from payments.models import BalanceTransaction


def record_balance(view: BalanceView) -> bool:
    """Keep a movement of our balance and say whether it is new; a repeat changes nothing."""
    _, is_new = BalanceTransaction.objects.get_or_create(
        provider_id=view.id,
        defaults={
            "kind": view.kind,
            "amount_minor": view.amount,
            "fee_minor": view.fee,
            "net_minor": view.net,
            "currency": view.currency,
            "source_id": view.source_id,
            "created_at": view.created_at,
        },
    )
    return is_new


@transaction.atomic
def book_charge(view: BalanceView, *, effective_date: date) -> bool:
    """Keep the movement of a charge and post its fee, once; say whether it is new."""
    is_new = record_balance(view)
    if is_new and view.fee:
        ledger.post(fees.fee_charged(view, effective_date))
    return is_new


def new_fees(view: BalanceView | None, *, effective_date: date) -> list[Entry]:
    """Keep the movement of a charge, and return its fee to be posted if it is new."""
    if view and record_balance(view) and view.fee:
        return [fees.fee_charged(view, effective_date)]
    return []

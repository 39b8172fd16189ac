"""Take in money that nobody is known to have paid, and give it to the account it was meant for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import utility
from core.periods import local_date
from ledger import operations as ledger
from payments.entries import suspense as entries
from payments.gateway import IntentView
from payments.models import Method, PaymentCase, SuspenseItem
from payments.operations.balance import book_charge
from payments.operations.cases import open_case


@transaction.atomic
def take_in(view: IntentView, *, why: str, now: datetime) -> SuspenseItem:
    """Book money that came for no account we know, with its fee, and open a case.

    A repeat returns the first item; its fee is booked as soon as the provider tells it.

    :param why: a code: unknown_account, currency, ...
    :raises AlreadyPosted: if the money is in the books as somebody's payment
    """
    today = local_date(now, utility().zone)
    charge = view.charge
    item, is_new = SuspenseItem.objects.get_or_create(
        source_key=entries.received_key(view.id),
        defaults={
            "amount_minor": view.amount_received,
            "currency": view.currency,
            "method": charge.method if charge else Method.CARD,
            "received_on": today,
            "intent_id": view.id,
            "charge_id": charge.id if charge else "",
            "instrument": charge.instrument[:60] if charge else "",
            "why": why,
        },
    )
    if is_new:
        ledger.post(entries.unidentified(item))
        _open_case(item, view, now)
    if charge and charge.balance:
        book_charge(charge.balance, effective_date=today)
    return item


def _open_case(item: SuspenseItem, view: IntentView, now: datetime) -> None:
    kind = PaymentCase.Kind.UNKNOWN_PAYER
    if item.why == "currency":
        kind = PaymentCase.Kind.CURRENCY_MISMATCH
    detail = {
        "why": item.why,
        "amount_minor": item.amount_minor,
        "currency": item.currency,
        "metadata": dict(view.metadata),
    }
    open_case(kind, view.id, about=view.id, detail=detail, now=now)

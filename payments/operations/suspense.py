"""Take in money that nobody is known to have paid, and give it to the account it was meant for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import CustomerAccount, User
from accounts.operations import audit
from accounts.queries import people_to_tell
from core import clock
from core.card_numbers import masked_tree
from ledger import operations as ledger
from ledger.queries import balance
from notifications.operations import announce
from payments import notices
from payments.entries import suspense as entries
from payments.gateway import IntentView
from payments.models import Chargeback, Method, Payment, PaymentCase, SuspenseItem
from payments.operations.balance import book_charge
from payments.operations.cases import close_case, open_case
from payments.operations.receipts import refundable_minor, today
from payments.references import new_reference


class AlreadyResolved(Exception):
    """The money belongs to an account by now."""


class WrongCurrency(Exception):
    """The account is kept in another currency; money is never converted."""


class NotWhole(Exception):
    """Some of the money went back to its payer, or is about to; refund the rest instead."""


@transaction.atomic
def take_in(view: IntentView, *, why: str, now: datetime) -> SuspenseItem:
    """Book money that came for no account we know, with its fee, and open a case.

    A repeat returns the first item; its fee is booked as soon as the provider tells it.

    :param why: a code: unknown_account, currency, ...
    :raises AlreadyPosted: if the money is in the books as somebody's payment
    """
    charge = view.charge
    item, is_new = SuspenseItem.objects.get_or_create(
        source_key=entries.received_key(view.id),
        defaults={
            "amount_minor": view.amount_received,
            "currency": view.currency,
            "method": charge.method if charge else Method.CARD,
            "received_on": today(now),
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
        book_charge(charge.balance, effective_date=today(now))
    return item


@transaction.atomic
def resolve(item: SuspenseItem, account: CustomerAccount, *, actor: User, now: datetime) -> Payment:
    """Give unidentified money to an account: it pays what is owed, and its payer is told.

    :raises WrongCurrency: if the account is kept in another currency
    :raises AlreadyResolved: if somebody gave it away before
    :raises NotWhole: if a refund or chargeback has taken some of it, or is under way
    """
    if item.currency != account.currency:
        raise WrongCurrency(f"{item.currency} came, the account is kept in {account.currency}")
    ledger.lock([account.pk])
    held = SuspenseItem.objects.select_for_update().get(pk=item.pk)
    if held.state != SuspenseItem.State.OPEN:
        raise AlreadyResolved(f"{held} was given to an account already")
    if refundable_minor(held) < held.amount_minor:
        raise NotWhole(f"not all of {held} is left")
    payment = _give(held, account, actor, now)
    item.refresh_from_db()
    detail = {"amount_minor": payment.amount_minor, "payment": payment.reference}
    audit("suspense.resolve", held, actor=actor, account=account, detail=detail)
    _close_case(held, account, actor, now)
    _tell(payment, now)
    return payment


def _give(item: SuspenseItem, account: CustomerAccount, actor: User, now: datetime) -> Payment:
    payment = Payment.objects.create(
        account=account,
        reference=new_reference(),
        amount_minor=item.amount_minor,
        currency=item.currency,
        received_on=item.received_on,
        drawer="",
        actor=actor.email,
        method=item.method,
        intent_id=item.intent_id,
        charge_id=item.charge_id,
        instrument=item.instrument,
    )
    item.state, item.payment = SuspenseItem.State.RESOLVED, payment
    item.resolved_by, item.resolved_at = actor.email[:120], now
    item.save(update_fields=["state", "payment", "resolved_by", "resolved_at"])
    Chargeback.objects.filter(intent_id=item.intent_id or None).update(payment=payment)
    ledger.post(entries.identified(item, account.pk, today(now), actor.email))
    ledger.allocate([account.pk])
    return payment


def _close_case(item: SuspenseItem, account: CustomerAccount, actor: User, now: datetime) -> None:
    about_it = PaymentCase.objects.filter(
        about=item.intent_id or "", kind=_kind(item), state=PaymentCase.State.OPEN
    )
    for case in about_it:
        close_case(case, actor=actor, note=f"Given to account {account.number}", now=now)


def _tell(payment: Payment, now: datetime) -> None:
    people = people_to_tell([payment.account_id], clock.real_now())[payment.account_id]
    credit = balance(payment.account_id, payment.currency).available_credit
    left = min(credit, payment.amount_minor)
    announce([notices.payment_received(payment, people, credit_minor=left)], now=now)


def _kind(item: SuspenseItem) -> PaymentCase.Kind:
    if item.why == "currency":
        return PaymentCase.Kind.CURRENCY_MISMATCH
    return PaymentCase.Kind.UNKNOWN_PAYER


def _open_case(item: SuspenseItem, view: IntentView, now: datetime) -> None:
    detail = {
        "why": item.why,
        "amount_minor": item.amount_minor,
        "currency": item.currency,
        "metadata": masked_tree(dict(view.metadata)),  # others may have written it
    }
    open_case(_kind(item), view.id, about=view.id, detail=detail, now=now)

"""Take money over the counter or from our bank, and take a mistake back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import CustomerAccount, User
from accounts.operations import audit
from ledger import operations as ledger
from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.models import Method, Payment


class BadAmount(ValueError):
    """A payment that is not more than nothing."""


class ReceiptTaken(Exception):
    """The receipt number belongs to another payment."""


class NotReversible(Exception):
    """The payment was reversed already."""


class ReasonMissing(ValueError):
    """A reversal without a reason in words."""


def receipt_key(payment_id: int) -> str:
    return f"rcpt:{payment_id}"


def reversal_key(payment_id: int) -> str:
    return f"rcpt:{payment_id}:reverse"


@transaction.atomic
def record_counter_payment(
    account: CustomerAccount,
    *,
    amount_minor: int,
    reference: str,
    received_on: date,
    actor: User | None,
    drawer: str = "main",
    method: Method = Method.CASH,
) -> Payment:
    """Post money in minor units of the account's currency and use it on the oldest debts.

    Cash lies in the drawer; a bank transfer lies at our bank, in no drawer. The receipt number is
    the payment's identity: the same payment again returns the first.

    :param method: cash or bank transfer
    :raises BadAmount: if the amount is not positive
    :raises ReceiptTaken: if the number belongs to another account, amount, day, method or drawer
    :raises PeriodClosed: if the books of that day are closed
    """
    if amount_minor <= 0:
        raise BadAmount("a payment is more than nothing")
    ledger.lock([account.pk])
    said = {
        "account_id": account.pk,
        "amount_minor": amount_minor,
        "currency": account.currency,
        "received_on": received_on,
        "drawer": drawer if method == Method.CASH else "",
        "method": method,
    }
    payment, is_new = Payment.objects.get_or_create(
        reference=reference.strip(), defaults={**said, "actor": actor.email if actor else "system"}
    )
    if not is_new:
        if any(getattr(payment, name) != value for name, value in said.items()):
            raise ReceiptTaken(f"receipt {payment.reference} is another payment's")
        return payment
    ledger.post(_received(payment))
    ledger.allocate([account.pk])
    detail = {
        "amount_minor": amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        "drawer": payment.drawer,
    }
    audit("payment.record", payment, actor=actor, account=account, detail=detail)
    return payment


@transaction.atomic
def reverse_counter_payment(
    payment: Payment, *, reason: str, reversed_on: date, actor: User | None
) -> None:
    """Take a payment back by its mirror; what it had paid is open again.

    :raises ReasonMissing: if the reason is empty
    :raises NotReversible: if it was reversed already, or came through the provider
    :raises PeriodClosed: if the books of that day are closed
    """
    if not reason.strip():
        raise ReasonMissing("say why the payment is reversed")
    ledger.lock([payment.account_id])
    recorded = Payment.objects.filter(
        pk=payment.pk, state=Payment.State.RECORDED, intent_id__isnull=True
    )
    if not recorded.update(state=Payment.State.REVERSED):
        raise NotReversible(f"payment {payment} was reversed already or is refunded instead")
    payment.refresh_from_db()
    entry = JournalEntry.objects.get(source_key=receipt_key(payment.pk))
    ledger.reverse(
        entry.pk,
        source_key=reversal_key(payment.pk),
        effective_date=reversed_on,
        reason=reason[:200],
        actor=actor.email if actor else "system",
    )
    detail = {"reason": reason}
    audit("payment.reverse", payment, actor=actor, account=payment.account, detail=detail)


def _received(payment: Payment) -> Entry:
    """Return row 6 of the posting table: cash or money at our bank, less owed by the customer."""
    amount = payment.amount_minor
    is_cash = payment.method == Method.CASH
    held = Leg("cash_drawer", amount, code=payment.drawer) if is_cash else Leg("bank", amount)
    return Entry(
        event_type="payment.received",
        source_key=receipt_key(payment.pk),
        currency=payment.currency,
        effective_date=payment.received_on,
        legs=(
            held,
            Leg("receivable", -amount, account_id=payment.account_id),
        ),
        actor=payment.actor,
        reason=payment.reference,
        category=JournalEntry.Category.OTHER,
    )

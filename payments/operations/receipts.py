"""Money received through the provider, whoever's it is: who holds it, and how it is undone."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from accounts.queries import utility
from core.periods import local_date
from ledger import operations as ledger
from ledger.items import live_allocations
from ledger.models import JournalEntry
from ledger.operations.allocation import MIRROR
from ledger.operations.undoing import REDO, UNDO
from payments.entries import suspense as entries
from payments.models import BalanceTransaction, Chargeback, Payment, Refund, SuspenseItem
from payments.outcomes import PaymentMissing

Receipt: TypeAlias = Payment | SuspenseItem


def lock_receipt(intent_id: str) -> Receipt:
    """Return whose money an intent brought, and hold it until the transaction ends.

    The account is locked, or the suspense item, so that nobody gives it away meanwhile.

    :raises PaymentMissing: if the intent brought no money that we know of
    """
    waiting = SuspenseItem.objects.select_for_update().filter(
        intent_id=intent_id, state=SuspenseItem.State.OPEN
    )
    if intent_id and (item := waiting.first()):
        return item
    payment = Payment.objects.filter(intent_id=intent_id or None).select_related("account").first()
    if payment is None:
        raise PaymentMissing(intent_id)
    ledger.lock([payment.account_id])
    return payment


def refundable_minor(receipt: Receipt, *, besides: Refund | None = None) -> int:
    """Return how much of a receipt may still go back: no more than came, less what went.

    Refunds count from their request until they fail or are rejected; chargebacks while they are
    open, when they are lost, and as long as their money is withdrawn. Exact only under the lock
    of the receipt.

    :param besides: a refund that does not count, since it is the one being decided
    """
    over = (Refund.State.FAILED, Refund.State.REJECTED)
    refunds = receipt.refunds.exclude(state__in=over)
    if besides:
        refunds = refunds.exclude(pk=besides.pk)
    gone = sum(refunds.values_list("amount_minor", flat=True))
    for chargeback in Chargeback.objects.filter(intent_id=receipt.intent_id or None):
        counts = chargeback.state in (Chargeback.State.OPEN, Chargeback.State.LOST)
        asked = chargeback.amount_minor if counts else 0
        gone += max(asked, withdrawn_minor(chargeback.provider_id))
    return max(receipt.amount_minor - gone, 0)


def withdrawn_minor(dispute_id: str) -> int:
    """Return what a dispute has taken from our balance and not given back, without fees."""
    movements = BalanceTransaction.objects.filter(source_id=dispute_id)
    return -sum(movements.values_list("amount_minor", flat=True))


def credit_entry_id(payment: Payment) -> int:
    """Return the entry that gave an account its online payment."""
    item = SuspenseItem.objects.filter(payment=payment).first()
    key = entries.resolved_key(item.pk) if item else entries.received_key(payment.intent_id or "")
    return JournalEntry.objects.get(source_key=key).pk


def undo(payment: Payment, debit_entry_id: int, amount: int) -> None:
    """Let a debit take back what a payment had paid, newest first, as far as any of it is left.

    What goes beyond the payment is an ordinary debt. The caller holds the account's lock.
    """
    credit_id = credit_entry_id(payment)
    fixed = (MIRROR, UNDO, REDO)
    undone = sum(row[4] for row in live_allocations(credit_id) if row[5] in fixed)
    left = min(amount, payment.amount_minor - undone)
    if left > 0:
        ledger.settle_against(credit_id, debit_entry_id, left)
    else:
        ledger.allocate([payment.account_id])


def today(now: datetime) -> date:
    """Return the utility's day, on which entries are dated."""
    return local_date(now, utility().zone)

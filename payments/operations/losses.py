"""What a customer owes again because a dispute is lost: booked, and taken back when it was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.queries import people_to_tell
from core import clock
from ledger import operations as ledger
from ledger.models import Posting
from notifications.operations import announce
from payments.entries import chargebacks as entries
from payments.models import BalanceTransaction, Chargeback, Payment
from payments.notices import chargebacks as notices
from payments.operations.receipts import today, undo, withdrawn_minor


@dataclass(slots=True)
class Loss:
    """One time that a dispute was lost: its entry, what stands of it, how often it was undone."""

    number: int
    entry_id: int
    currency: str
    left: int  # minor units
    parts: int = 0


def follow(chargeback: Chargeback, now: datetime) -> bool:
    """Bring what is booked as lost to what is lost, and say whether anything was booked.

    Money in suspense was nobody's, so nobody owes it again. The caller holds the account's lock.
    """
    payment = chargeback.payment
    if payment is None:
        return False
    losses = _losses(chargeback.provider_id)
    is_lost = chargeback.state == Chargeback.State.LOST
    wanted = max(withdrawn_minor(chargeback.provider_id), 0) if is_lost else 0
    booked = sum(loss.left for loss in losses)
    if wanted > booked:
        _lose(chargeback, payment, wanted - booked, len(losses) + 1, now)
    elif wanted < booked:
        _regain(chargeback, payment, losses, booked - wanted, now)
    return wanted != booked


def _lose(
    chargeback: Chargeback, payment: Payment, amount: int, number: int, now: datetime
) -> None:
    currency = _currency(chargeback)
    entry = entries.lost(
        entries.lost_key(chargeback.provider_id, number),
        amount,
        payment.account_id,
        currency,
        today(now),
        chargeback.reason,
    )
    entry_id = ledger.post(entry)
    if currency == payment.currency:
        undo(payment, entry_id, amount)
    people = people_to_tell([payment.account_id], clock.real_now())[payment.account_id]
    announce([notices.payment_taken_back(chargeback, payment, amount, people)], now=now)


def _regain(
    chargeback: Chargeback, payment: Payment, losses: list[Loss], amount: int, now: datetime
) -> None:
    """Take losses back, the newest first; the payment pays again what it had paid."""
    for loss in reversed(losses):
        part = min(amount, loss.left)
        if part <= 0:
            continue
        entry = entries.regained(
            entries.regained_key(chargeback.provider_id, loss.number, loss.parts + 1),
            part,
            payment.account_id,
            loss.currency,
            today(now),
            chargeback.reason,
        )
        ledger.resettle(loss.entry_id, ledger.post(entry))
        amount -= part


def _losses(dispute_id: str) -> list[Loss]:
    """Return the losses of a dispute as the books tell them, the oldest first."""
    first = entries.lost_key(dispute_id)
    postings = Posting.objects.filter(
        Q(entry__source_key=first) | Q(entry__source_key__startswith=f"{first}:"),
        account__kind="receivable",
    )
    found: dict[int, Loss] = {}
    rows = postings.order_by("pk").values_list(
        "entry__source_key", "entry_id", "amount", "currency"
    )
    for key, entry_id, amount, currency in rows:
        number, _, part = key.removeprefix(first).removeprefix(":").partition(":back:")
        if part:
            found[int(number)].left += amount
            found[int(number)].parts += 1
        else:
            found[int(number or 1)] = Loss(int(number or 1), entry_id, currency, amount)
    return list(found.values())


def _currency(chargeback: Chargeback) -> str:
    """Return the currency in which our balance moved, which is what was booked."""
    moved = BalanceTransaction.objects.filter(source_id=chargeback.provider_id)
    return moved.order_by("pk").values_list("currency", flat=True)[0]

"""Taking money over the counter, taking a mistake back, and telling who is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import CustomerAccount, User
from accounts.operations import audit
from accounts.queries import people_to_tell
from core import clock
from ledger import operations as ledger
from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from ledger.queries import settlement
from notifications.operations import announce
from payments import notices, queries
from payments.models import Payment
from statements import entries
from statements.models import Statement

BATCH = 500


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
) -> Payment:
    """Post cash in minor units of the account's currency and use it on the oldest debts.

    The receipt number is the payment's identity: the same payment again returns the first.

    :raises BadAmount: if the amount is not positive
    :raises ReceiptTaken: if the number belongs to another account, amount, day or drawer
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
        "drawer": drawer,
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
    detail = {"amount_minor": amount_minor, "currency": payment.currency, "drawer": drawer}
    audit("payment.record", payment, actor=actor, account=account, detail=detail)
    return payment


@transaction.atomic
def reverse_counter_payment(
    payment: Payment, *, reason: str, reversed_on: date, actor: User | None
) -> None:
    """Take a payment back by its mirror; what it had paid is open again.

    :raises ReasonMissing: if the reason is empty
    :raises NotReversible: if it was reversed already
    :raises PeriodClosed: if the books of that day are closed
    """
    if not reason.strip():
        raise ReasonMissing("say why the payment is reversed")
    ledger.lock([payment.account_id])
    recorded = Payment.objects.filter(pk=payment.pk, state=Payment.State.RECORDED)
    if not recorded.update(state=Payment.State.REVERSED):
        raise NotReversible(f"payment {payment} was reversed already")
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


def notify_overdue(*, today: date, now: datetime) -> int:
    """Tell, once for each bill, that its due date has passed and money is open; return how many.

    Works in batches with a constant number of queries each; a repeat tells nobody twice.

    :param today: the utility's day; a bill is overdue on the day after its due date
    """
    told = 0
    for statements in _batches(today):
        told += _tell(statements, now=now)
    return told


def _received(payment: Payment) -> Entry:
    """Return row 6 of the posting table: cash in the drawer, less owed by the customer."""
    amount = payment.amount_minor
    return Entry(
        event_type="payment.received",
        source_key=receipt_key(payment.pk),
        currency=payment.currency,
        effective_date=payment.received_on,
        legs=(
            Leg("cash_drawer", amount, code=payment.drawer),
            Leg("receivable", -amount, account_id=payment.account_id),
        ),
        actor=payment.actor,
        reason=payment.reference,
        category=JournalEntry.Category.OTHER,
    )


def _batches(today: date) -> Iterator[Sequence[Statement]]:
    after = 0
    while statements := list(queries.past_due(today).filter(pk__gt=after)[:BATCH]):
        yield statements
        after = statements[-1].pk


@transaction.atomic
def _tell(statements: Sequence[Statement], *, now: datetime) -> int:
    by_key = settlement([entries.issue_key(statement.pk) for statement in statements])
    late = [
        (statement, settled.open)
        for statement in statements
        if (settled := by_key.get(entries.issue_key(statement.pk))) and settled.open
    ]
    people = people_to_tell([statement.account_id for statement, _ in late], clock.real_now())
    announce(
        [
            notices.statement_overdue(statement, minor, people.get(statement.account_id, []))
            for statement, minor in late
        ],
        now=now,
    )
    return len(late)

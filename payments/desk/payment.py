"""One payment: its facts, what it paid, what became of it, and its entries in the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payments.desk import words
from payments.desk.books import EntryRow, entries_of
from payments.desk.paid import Paid, what_it_paid
from payments.desk.payments import ASKING, RETURNING
from payments.models import AttemptChange, Chargeback, Payment, PaymentAttempt, Refund
from payments.operations.receipts import refundable_minor


@dataclass(frozen=True)
class Step:
    """One state that an attempt came to."""

    state: str
    tag: str
    cause: str
    changed_at: datetime


@dataclass(frozen=True)
class RefundRow:
    refund: Refund
    state: str
    tag: str


@dataclass(frozen=True)
class ChargebackRow:
    chargeback: Chargeback
    reason: str
    state: str
    tag: str


@dataclass(frozen=True)
class PaymentView:
    """Everything on the page of a payment."""

    payment: Payment
    state: str
    tag: str
    paid: Paid
    refunds: Sequence[RefundRow]
    chargebacks: Sequence[ChargebackRow]
    entries: Sequence[EntryRow]
    steps: Sequence[Step]
    refundable_minor: int  # zero for what did not come through the provider


def payment_view(payment: Payment) -> PaymentView:
    """Return the page of a payment; its queries do not grow with what became of it."""
    refunds = list(
        Refund.objects.filter(payment=payment).select_related("requested_by").order_by("pk")
    )
    disputes = list(Chargeback.objects.filter(payment=payment).order_by("pk"))
    state, tag = _fate(payment, refunds, disputes)
    return PaymentView(
        payment=payment,
        state=state,
        tag=tag,
        paid=what_it_paid(payment),
        refunds=[RefundRow(refund, *words.refund_tag(refund.state)) for refund in refunds],
        chargebacks=[_chargeback(row) for row in disputes],
        entries=entries_of(payment, refunds, disputes),
        steps=steps(payment.attempt) if payment.attempt else [],
        refundable_minor=refundable_minor(payment) if payment.intent_id else 0,
    )


def steps(attempt: PaymentAttempt) -> list[Step]:
    """Return the states of an attempt, the first one first."""
    changes = AttemptChange.objects.filter(attempt=attempt).order_by("pk")
    return [
        Step(
            *words.attempt_tag(change.to_state), words.cause_words(change.cause), change.changed_at
        )
        for change in changes
    ]


def _chargeback(row: Chargeback) -> ChargebackRow:
    return ChargebackRow(row, words.code_words(row.reason), *words.chargeback_tag(row.state))


def _fate(payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Chargeback]) -> words.Tag:
    def given_back(*states: str) -> int:
        return sum(refund.amount_minor for refund in refunds if refund.state in states)

    def disputed(*states: str) -> int:
        return sum(dispute.amount_minor for dispute in disputes if dispute.state in states)

    return words.payment_tag(
        payment,
        returned=given_back(Refund.State.SUCCEEDED),
        returning=given_back(*RETURNING),
        taken=disputed(Chargeback.State.LOST),
        asked=disputed(*ASKING),
    )

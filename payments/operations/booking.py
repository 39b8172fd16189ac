"""Book money that came for an attempt: payment, entry, allocation, fee, notice, in one go."""

from __future__ import annotations

from datetime import datetime
from itertools import chain, count

from django.db import transaction

from accounts.operations import audit
from accounts.queries import people_to_tell, utility
from core import clock
from core.failpoints import hit
from core.periods import local_date
from ledger import operations as ledger
from ledger.models import JournalEntry
from ledger.queries import balance
from notifications.operations import announce
from payments import notices
from payments.entries import received
from payments.gateway import ChargeView, IntentView
from payments.models import Payment, PaymentAttempt, PaymentCase
from payments.operations import attempts
from payments.operations.balance import book_charge, new_fees
from payments.operations.cases import open_case
from payments.states import ENDED
from statements.entries import issue_key


def book(attempt: PaymentAttempt, view: IntentView, *, before: str, now: datetime) -> Payment:
    """Book what the provider received; the caller holds the locks and has moved the attempt.

    The chosen bill is paid first, the rest goes by policy, and a surplus stays as credit.

    :param before: the state from which the attempt came, for what came late
    """
    open_minor = attempts.open_of(attempt.account, attempt.statement) if attempt.statement else 0
    payment = _payment(attempt, view, now)
    kept = view.charge.balance if view.charge else None
    fees = new_fees(kept, effective_date=payment.received_on)
    ledger.post_many([received.payment_received(payment), *fees])
    ledger.allocate([attempt.account_id], prefer=_chosen(attempt))
    credit = balance(attempt.account_id, payment.currency).available_credit
    _open_cases(attempt, payment, before=before, open_minor=open_minor, credit=credit, now=now)
    _tell(payment, min(credit, payment.amount_minor), now)
    detail = {"amount_minor": payment.amount_minor, "intent": view.id}
    audit("payment.receive", payment, actor=None, account=attempt.account, detail=detail)
    hit("payment.before_commit", reference=attempt.reference)
    transaction.on_commit(lambda: hit("payment.after_commit", reference=attempt.reference))
    return payment


def book_fee(charge: ChargeView | None, *, now: datetime) -> bool:
    """Book what the provider kept, once it has told it; say whether that is new."""
    if charge is None or charge.balance is None:
        return False
    return book_charge(charge.balance, effective_date=local_date(now, utility().zone))


def _payment(attempt: PaymentAttempt, view: IntentView, now: datetime) -> Payment:
    charge = view.charge
    return Payment.objects.create(
        account=attempt.account,
        reference=_free_reference(attempt.reference),
        amount_minor=view.amount_received,
        currency=view.currency,
        received_on=local_date(now, utility().zone),
        drawer="",
        actor=attempt.started_by.email if attempt.started_by else "system",
        method=charge.method if charge else attempt.method,
        attempt=attempt,
        intent_id=view.id,
        charge_id=charge.id if charge else "",
        instrument=charge.instrument[:60] if charge else "",
    )


def _free_reference(reference: str) -> str:
    """Return the attempt's reference, or one like it that no cashier typed as a receipt number."""
    others = (f"{reference}-online-{number}" for number in count(2))
    names = chain([reference, f"{reference}-online"], others)
    return next(name for name in names if not Payment.objects.filter(reference=name).exists())


def _chosen(attempt: PaymentAttempt) -> dict[int, list[int]]:
    if attempt.statement_id is None:
        return {}
    issued = JournalEntry.objects.filter(source_key=issue_key(attempt.statement_id))
    return {attempt.account_id: list(issued.values_list("pk", flat=True))}


def _open_cases(
    attempt: PaymentAttempt,
    payment: Payment,
    *,
    before: str,
    open_minor: int,
    credit: int,
    now: datetime,
) -> None:
    """Hand over another amount than was asked, and late money that nobody needed any more."""
    kinds = []
    if payment.amount_minor != attempt.amount_minor:
        kinds.append(PaymentCase.Kind.AMOUNT_MISMATCH)
    paid_otherwise = attempt.statement is not None and open_minor < payment.amount_minor
    if before in ENDED and (credit or paid_otherwise):
        kinds.append(PaymentCase.Kind.LATE_SUCCESS)
    detail = {
        "asked_minor": attempt.amount_minor,
        "received_minor": payment.amount_minor,
        "currency": payment.currency,
    }
    for kind in kinds:
        open_case(
            kind,
            payment.intent_id or "",
            account=attempt.account,
            about=attempt.reference,
            detail=detail,
            now=now,
        )


def _tell(payment: Payment, credit: int, now: datetime) -> None:
    people = people_to_tell([payment.account_id], clock.real_now())
    told = people.get(payment.account_id, [])
    announce([notices.payment_received(payment, told, credit_minor=credit)], now=now)

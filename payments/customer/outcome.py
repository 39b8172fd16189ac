"""What has become of a payment, in words for the one who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.queries import utility
from core.money import from_minor
from core.periods import local_date
from core.typed import typed
from ledger.queries import balance
from payments import words
from payments.customer.next_bill import next_bill_on
from payments.customer.offer import OTHER
from payments.customer.receipt import Use, receipt
from payments.models import Method, PaymentAttempt
from payments.states import State

OPEN, PROCESSING, PAID, FAILED, ENDED, CHECKING = (
    "open",
    "processing",
    "paid",
    "failed",
    "ended",
    "checking",
)
KINDS = {
    State.OPEN: OPEN,
    State.REQUIRES_ACTION: OPEN,
    State.PROCESSING: PROCESSING,
    State.SUCCEEDED: PAID,
    State.FAILED: FAILED,
    State.EXPIRED: ENDED,
    State.CANCELLED: ENDED,
    State.ABANDONED: ENDED,
}
LONGEST_DEBIT = timedelta(days=6)  # 4 business days and a weekend
WATCHED = timedelta(seconds=60)  # how long a page asks by itself


@dataclass(frozen=True)
class Outcome:
    """An attempt and the kind of page it gets."""

    attempt: PaymentAttempt
    kind: str
    reason: str  # why a card was refused or the payment failed
    known_by: date | None  # until when a bank debit has its result
    uses: Sequence[Use]  # what it paid
    credit_minor: int  # what of it no bill needed
    left_minor: int = 0  # what the account has still to pay, once this is paid
    next_bill_on: date | None = None  # once it is paid

    @property
    def is_moving(self) -> bool:
        """Say whether something may happen within a minute."""
        return self.kind in (OPEN, CHECKING) or (
            self.kind == PROCESSING and self.attempt.method == Method.CARD
        )

    @property
    def can_continue(self) -> bool:
        return self.kind == OPEN and bool(self.attempt.session_url)

    @property
    def again(self) -> str:
        """Return the address of the first page, with what was chosen."""
        attempt = self.attempt
        amount = from_minor(attempt.amount_minor, attempt.currency)
        kept = urlencode({"choice": OTHER, "amount": typed(amount), "method": attempt.method})
        if attempt.statement:
            return f"{reverse('payments:pay_bill', args=[attempt.statement.number])}?{kept}"
        return f"{reverse('payments:pay_account', args=[attempt.account.number])}?{kept}"


def outcome(attempt: PaymentAttempt, *, today: date) -> Outcome:
    """Return what the page says; the attempt comes with account, bill and payment.

    :param today: the utility's day
    """
    kind = KINDS.get(State(attempt.state), CHECKING)
    is_debit = attempt.method == Method.BANK_DEBIT and kind == PROCESSING
    payment = getattr(attempt, "payment", None)
    paid = receipt(payment) if payment else None
    return Outcome(
        attempt=attempt,
        kind=kind,
        reason=words.failure(attempt.failure_code) if attempt.failure_code else "",
        known_by=longest(attempt.created_at, utility().zone) if is_debit else None,
        uses=paid.uses if paid else [],
        credit_minor=paid.credit_minor if paid else 0,
        left_minor=_left(attempt) if paid else 0,
        next_bill_on=next_bill_on(attempt.account, paid.utility, today=today) if paid else None,
    )


def _left(attempt: PaymentAttempt) -> int:
    """Return what the account owes now that this is paid."""
    return max(balance(attempt.account_id, attempt.currency).balance, 0)


def longest(begun_at: datetime, zone: ZoneInfo) -> date:
    """Return the day by which a bank debit has its result."""
    return local_date(begun_at + LONGEST_DEBIT, zone)

"""Cases as the desk shows them: what happened, and what to do about it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import utility
from core import formats
from payments.desk import words
from payments.models import (
    Chargeback,
    Payment,
    PaymentAttempt,
    PaymentCase,
    Refund,
    SuspenseItem,
)

Kind = PaymentCase.Kind
AGED = timedelta(days=7)  # by then somebody should have looked
LEFT_OUT = ("currency", "refund")  # told with the amount, and by a link
CODES = ("code", "reason", "status")


@dataclass(frozen=True)
class CaseRow:
    """One case of the list."""

    case: PaymentCase
    days: int
    is_aged: bool


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


def rows(cases: Iterable[PaymentCase], *, now: datetime) -> list[CaseRow]:
    return [CaseRow(case, (now - case.opened_at).days, _is_aged(case, now)) for case in cases]


def facts(case: PaymentCase) -> list[Fact]:
    """Return what was noted when the case was opened, and what the bank has said since.

    What we have no word for is shown as it was noted.
    """
    detail = case.detail
    named = _names()
    currency = str(detail.get("currency", ""))
    noted = [
        Fact(str(named.get(name, name)), _shown(name, value, currency))
        for name, value in sorted(detail.items())
        if value not in ("", None, {}, []) and name not in LEFT_OUT
    ]
    return [*noted, *_decision(case)]


def _decision(case: PaymentCase) -> Iterator[Fact]:
    if case.kind == Kind.CHARGEBACK:
        for state in Chargeback.objects.filter(provider_id=case.about).values_list("state"):
            yield Fact(_("Now"), str(Chargeback.State(state[0]).label))


def what_to_do(kind: str) -> str:
    """Return what a person does about a case of this kind."""
    return _advice().get(Kind(kind), "")


def _is_aged(case: PaymentCase, now: datetime) -> bool:
    return case.state == PaymentCase.State.OPEN and now - case.opened_at > AGED


def _shown(name: str, value: object, currency: str) -> str:
    if name.endswith("_minor") and isinstance(value, int) and currency:
        return formats.money(value, currency)
    if name in CODES and isinstance(value, str):
        return words.code_words(value)
    if name == "answer_due" and isinstance(value, str):
        return formats.moment(datetime.fromisoformat(value), utility().zone)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(str(inner) for inner in value)
    return str(value)


def _names() -> dict[str, str]:
    return {
        "asked_minor": _("Asked for"),
        "received_minor": _("Received"),
        "amount_minor": _("Amount"),
        "reason": _("Reason"),
        "status": _("Status when it was opened"),
        "answer_due": _("Answer due"),
        "intent": _("Payment at the provider"),
        "code": _("The provider said"),
        "metadata": _("What came with it"),
        "changed": _("What changed"),
        "why": _("Why"),
    }


def _advice() -> dict[str, str]:
    return {
        Kind.AMOUNT_MISMATCH: _(
            "What came is booked and used as far as it goes. Compare both amounts: part of a bill "
            "may still be open, or the account has credit. Tell the customer if needed."
        ),
        Kind.CURRENCY_MISMATCH: _(
            "The money waits among the unidentified receipts and is never converted. "
            "Refund it there, and ask the customer to pay in the currency of the account."
        ),
        Kind.LATE_SUCCESS: _(
            "The customer paid after we had given this attempt up, perhaps a second time. "
            "If the bill was paid meanwhile, the money is credit: ask whether to refund it."
        ),
        Kind.UNKNOWN_PAYER: _(
            "The money waits among the unidentified receipts. Find out whose it is and give it "
            "to the account there, or refund it. Giving it away closes this case."
        ),
        Kind.REFUND_FAILED: _(
            "The money did not reach the customer and belongs to the account again. Ask how the "
            "customer wants it; a new refund is asked for on the page of the payment."
        ),
        Kind.STUCK: _(
            "We asked the provider for two weeks without a clear answer. Look the payment up at "
            "the provider by its reference, and do not take the money a second time before."
        ),
        Kind.CHANGED_EVENT: _(
            "An event came twice under one number and said different things. That should not "
            "happen: look the event up at the provider, and have the webhook's secret changed "
            "if it did not send it."
        ),
        Kind.CHARGEBACK: _(
            "The customer told their bank that the payment was wrong. Ask the customer, and "
            "answer at the provider before the day that is named. A returned bank debit is "
            "final: the bill is open again."
        ),
        Kind.PAYOUT_FAILED: _(
            "Our bank did not take the provider's payout; the money is at the provider. "
            "Check our bank details there and wait for the next payout."
        ),
    }


def links(case: PaymentCase) -> list[tuple[str, str]]:
    """Return the pages to go on from, as address and words; found by what the case is about."""
    found = []
    payment = Payment.objects.filter(Q(reference=case.about) | Q(intent_id=case.about)).first()
    attempt = PaymentAttempt.objects.filter(reference=case.about).first()
    item = SuspenseItem.objects.filter(intent_id=case.about).first()
    refund = Refund.objects.filter(provider_id=case.about).first()
    dispute = Chargeback.objects.filter(provider_id=case.about).select_related("payment").first()
    if dispute and dispute.payment:
        payment = dispute.payment
    if attempt:
        payment = payment or Payment.objects.filter(attempt=attempt).first()
        found.append((reverse("payments:attempt", args=[attempt.reference]), _("The attempt")))
    if payment:
        found.append((reverse("payments:desk_payment", args=[payment.reference]), _("The payment")))
    if item:
        address = reverse("payments:suspense_item", args=[item.pk])
        found.append((address, _("The unidentified receipt")))
    if refund:
        found.append((reverse("payments:refund", args=[refund.uid]), _("The refund")))
    return found

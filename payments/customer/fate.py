"""What became of a payment after it came, in the customer's words.

A refund is told once it is decided: what staff only think about is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import formats
from payments.models import Chargeback, Payment, Refund

PAID, BACK = "paid", "back"
ON_THE_WAY_BACK = (
    Refund.State.APPROVED,
    Refund.State.SUBMITTING,
    Refund.State.UNKNOWN,
    Refund.State.PENDING,
)
TOLD = (*ON_THE_WAY_BACK, Refund.State.SUCCEEDED)


@dataclass(frozen=True)
class Fate:
    """A word, its kind for the tag component, and how much it is about when it is a part."""

    words: str
    tag: str
    note: str = ""


def with_fate(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Fetch refunds and chargebacks along; two queries more."""
    return payments.prefetch_related("refunds", "chargebacks")


def fate_of(payment: Payment) -> Fate:
    """Return what became of a payment that came from `with_fate`."""
    if payment.state == Payment.State.REVERSED:
        return Fate(_("Taken back"), "off")
    lost = _sum(payment, Chargeback.State.LOST)
    if lost:
        return Fate(_("Returned by your bank"), "warn", _part(payment, lost))
    asked = _sum(payment, Chargeback.State.OPEN)
    if asked:
        return Fate(_("Disputed at your bank"), "warn", _part(payment, asked))
    return _refunded(payment)


def refunds_of(payment: Payment) -> list[Refund]:
    """Return the refunds that a customer is told of, the oldest first."""
    return sorted(
        (refund for refund in payment.refunds.all() if refund.state in TOLD),
        key=lambda refund: refund.pk,
    )


def chargebacks_of(payment: Payment) -> list[Chargeback]:
    """Return the chargebacks that moved money, the oldest first."""
    moved = (Chargeback.State.OPEN, Chargeback.State.LOST)
    return sorted(
        (one for one in payment.chargebacks.all() if one.state in moved), key=lambda one: one.pk
    )


def of_fate(wanted: str) -> Q:
    """Keep the payments that stand, or those of which something went back."""
    refunded = Refund.objects.filter(state__in=TOLD).values("payment")
    disputed = Chargeback.objects.filter(
        payment__isnull=False, state__in=[Chargeback.State.OPEN, Chargeback.State.LOST]
    ).values("payment")
    back = Q(state=Payment.State.REVERSED) | Q(pk__in=refunded) | Q(pk__in=disputed)
    return {PAID: ~back, BACK: back}.get(wanted, Q())


def _refunded(payment: Payment) -> Fate:
    told = refunds_of(payment)
    total = sum(refund.amount_minor for refund in told)
    if not told:
        return Fate(_("Paid"), "good")
    if any(refund.state in ON_THE_WAY_BACK for refund in told):
        return Fate(_("Refund on its way"), "wait", _part(payment, total))
    if total < payment.amount_minor:
        return Fate(_("Partly refunded"), "good", _part(payment, total))
    return Fate(_("Refunded"), "off")


def _sum(payment: Payment, state: Chargeback.State) -> int:
    return sum(one.amount_minor for one in payment.chargebacks.all() if one.state == state)


def _part(payment: Payment, minor: int) -> str:
    return formats.money(minor, payment.currency) if minor != payment.amount_minor else ""

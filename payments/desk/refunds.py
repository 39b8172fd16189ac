"""Refunds as the desk shows them: what waits, who asked, and how far the money is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, CustomerAccount, User
from accounts.names import initials
from core.money import from_minor
from core.typed import typed
from payments.desk import words
from payments.desk.paid import PaidItem, what_it_paid
from payments.models import Payment, Refund, SuspenseItem
from payments.operations.refunds import returnable_until

Anybody = User | AnonymousUser


@dataclass(frozen=True)
class RefundRow:
    """One refund of the list; the customer by initials."""

    refund: Refund
    customer: str
    state: str
    tag: str
    is_own: bool  # the viewer asked for it


@dataclass(frozen=True)
class Deed:
    """One thing that a person did about a refund."""

    words: str
    by: str
    note: str
    at: datetime


@dataclass(frozen=True)
class RefundView:
    """Everything on the page of a refund; `reopened` while it waits for a decision."""

    refund: Refund
    state: str
    tag: str
    is_waiting: bool
    is_own: bool
    is_returnable: bool  # a bank debit, which the payer's bank may return
    deeds: Sequence[Deed]
    reopened: Sequence[PaidItem]


def rows(refunds: Iterable[Refund], *, viewer: Anybody) -> list[RefundRow]:
    return [
        RefundRow(
            refund=refund,
            customer=initials(refund.payment.account.customer.name) if refund.payment else "",
            state=words.refund_tag(refund.state)[0],
            tag=words.refund_tag(refund.state)[1],
            is_own=refund.requested_by_id == viewer.pk,
        )
        for refund in refunds
    ]


def account_of(refund: Refund) -> CustomerAccount | None:
    """Return whose money it was; nobody's, while it is not identified."""
    return refund.payment.account if refund.payment else None


def refund_view(refund: Refund, *, viewer: Anybody) -> RefundView:
    state, tag = words.refund_tag(refund.state)
    is_waiting = refund.state == Refund.State.REQUESTED
    receipt = receipt_of(refund)
    return RefundView(
        refund=refund,
        state=state,
        tag=tag,
        is_waiting=is_waiting,
        is_own=refund.requested_by_id == viewer.pk,
        is_returnable=returnable_until(receipt) is not None,
        deeds=_deeds(refund),
        reopened=reopened(receipt, refund.amount_minor) if is_waiting else [],
    )


def receipt_of(refund: Refund) -> Payment | SuspenseItem:
    """Return what is refunded: a payment, or money of nobody known."""
    receipt = refund.payment or refund.suspense_item
    if receipt is None:
        raise LookupError(f"refund {refund.uid} has no receipt")
    return receipt


def reopened(receipt: Payment | SuspenseItem, amount_minor: int) -> list[PaidItem]:
    """Return the debts that open again when so much of a receipt goes back."""
    if isinstance(receipt, SuspenseItem):
        return []
    return what_it_paid(receipt).reopened_by(amount_minor)


def as_typed(amount_minor: int, currency: str) -> str:
    """Return an amount as a person types it."""
    return typed(from_minor(amount_minor, currency))


def _deeds(refund: Refund) -> list[Deed]:
    told = {
        "refund.request": _("Asked for"),
        "refund.approve": _("Approved"),
        "refund.reject": _("Rejected"),
        "refund.look": _("Looked at"),
    }
    events = AuditEvent.objects.filter(object_type="payments.refund", object_key=str(refund.pk))
    return [
        Deed(
            words=told.get(event.action, event.action),
            by=event.actor_name,
            note=event.detail.get("override") or event.detail.get("reason") or "",
            at=event.recorded_at,
        )
        for event in events.order_by("pk")
    ]

"""Ask for a refund, approve it, reject it; two people do it, as all that needs two."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import CustomerAccount, User
from accounts.operations import approvals, audit
from accounts.operations.approvals import AlreadyDecided, ChangedSince, SamePerson
from core import clock
from core.failpoints import hit
from payments.frozen import digest
from payments.models import Method, Payment, Refund
from payments.operations.receipts import (
    Receipt,
    lock_receipt,
    refundable_minor,
    today,
)
from payments.operations.refunds.booking import book_request
from payments.operations.refunds.parameters import parameters_of

__all__ = [
    "KIND",
    "RETURN_WINDOW",
    "AlreadyDecided",
    "BadAmount",
    "ChangedSince",
    "NotRefundable",
    "ReasonMissing",
    "SamePerson",
    "StillReturnable",
    "approve",
    "reject",
    "request_refund",
    "returnable_until",
]

KIND = "refund.approve"
RETURN_WINDOW = timedelta(days=60)  # in which the payer's bank may return a bank debit


class NotRefundable(Exception):
    """The money did not come through the provider; a counter payment is reversed instead."""


class ReasonMissing(ValueError):
    """A refund is asked for, or rejected, without a reason in words."""


class BadAmount(ValueError):
    """A refund of nothing, or of more than is left of what came."""

    def __init__(self, limit_minor: int) -> None:
        super().__init__(f"at most {limit_minor} can be refunded")
        self.limit_minor = limit_minor


class StillReturnable(Exception):
    """The payer's bank may still return this bank debit, and the money would go back twice."""

    def __init__(self, until: date) -> None:
        super().__init__(f"the bank may return it until {until}")
        self.until = until


@transaction.atomic
def request_refund(
    receipt: Receipt,
    *,
    amount_minor: int,
    reason: str,
    requested_by: User,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Refund:
    """Ask for an amount of a payment, or of unidentified money, to be given back.

    Nothing is booked yet, but the amount counts against the limit from now on.

    :param token: of the page; the same page sent again returns the first refund
    :raises NotRefundable: if the money came over the counter
    :raises ReasonMissing: if the reason is empty
    :raises BadAmount: if nothing, or more than is left, is asked for
    """
    if not reason.strip():
        raise ReasonMissing("say why money is given back")
    if not receipt.intent_id:
        raise NotRefundable("reverse the counter payment instead")
    held = lock_receipt(receipt.intent_id)
    if token and (earlier := held.refunds.filter(uid=token).first()):
        return earlier
    limit = refundable_minor(held)
    if not 0 < amount_minor <= limit:
        raise BadAmount(limit)
    refund = Refund.objects.create(
        **_frozen(token or uuid.uuid4(), held, amount_minor),
        reason=reason.strip()[:500],
        requested_by=requested_by,
        requested_at=now,
        changed_at=clock.real_now(),
    )
    detail = {"amount_minor": amount_minor, "reason": refund.reason}
    audit("refund.request", refund, actor=requested_by, account=_account(held), detail=detail)
    _ask(refund, _account(held), requested_by)
    return refund


def _ask(refund: Refund, account: CustomerAccount | None, requested_by: User) -> None:
    approvals.ask(
        KIND,
        refund,
        requested_by=requested_by,
        reason=refund.reason,
        account=account,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        fingerprint=digest(refund.parameters),
        real_now=clock.real_now(),
    )


def approve(refund: Refund, *, decided_by: User, now: datetime, override: str = "") -> None:
    """Approve a refund: owed from now on, the bills that the money had paid are open again.

    :param override: why a bank debit is refunded although its bank may still return it
    :raises SamePerson: if the one who asked approves
    :raises AlreadyDecided: if somebody was faster
    :raises ChangedSince: if what the provider is asked is not what was asked for here
    :raises BadAmount: if less is left by now, as after a chargeback
    :raises StillReturnable: if it is a bank debit that may be returned, without an override
    """
    _approve(refund, decided_by, now, override.strip())
    hit("refund.after_approval", refund=refund.pk)


@transaction.atomic
def reject(refund: Refund, *, decided_by: User, reason: str, now: datetime) -> None:
    """Reject a refund; nothing was booked and nothing is.

    :raises ReasonMissing: if the reason is empty
    :raises SamePerson: if the one who asked rejects
    :raises AlreadyDecided: if somebody was faster
    """
    if not reason.strip():
        raise ReasonMissing("say why the refund is rejected")
    held = lock_receipt(_intent_id(refund))
    _decide(refund, decided_by, now, state=Refund.State.REJECTED)
    approvals.reject(
        approvals.waiting_for(KIND, refund),
        decided_by=decided_by,
        note=reason,
        real_now=clock.real_now(),
    )
    detail = {"reason": reason.strip()}
    audit("refund.reject", refund, actor=decided_by, account=_account(held), detail=detail)


@transaction.atomic
def _approve(refund: Refund, decided_by: User, now: datetime, override: str) -> None:
    held = lock_receipt(_intent_id(refund))
    limit = refundable_minor(held, besides=refund)
    if refund.amount_minor > limit:
        raise BadAmount(limit)
    until = returnable_until(held)
    if until and today(now) <= until and not override:
        raise StillReturnable(until)
    due_at = clock.real_now()
    _decide(refund, decided_by, now, state=Refund.State.APPROVED, due_at=due_at)
    approvals.approve(
        approvals.waiting_for(KIND, refund),
        decided_by=decided_by,
        note=override,
        fingerprint=digest(refund.parameters),
        real_now=due_at,
    )
    book_request(refund, now)
    detail = {"amount_minor": refund.amount_minor, "override": override}
    audit("refund.approve", refund, actor=decided_by, account=_account(held), detail=detail)


def returnable_until(receipt: Receipt) -> date | None:
    """Return the last day on which the payer's bank may return the money, or None."""
    if receipt.method != Method.BANK_DEBIT:
        return None
    return receipt.received_on + RETURN_WINDOW


def _decide(refund: Refund, decided_by: User, now: datetime, **changes: object) -> None:
    if decided_by.pk == refund.requested_by_id:
        raise SamePerson(f"{decided_by} asked for it")
    undecided = Refund.objects.filter(pk=refund.pk, state=Refund.State.REQUESTED)
    decided = {"decided_by": decided_by, "decided_at": now, "changed_at": clock.real_now()}
    if not undecided.update(**decided, **changes):
        raise AlreadyDecided(f"refund {refund.uid} was decided already")
    refund.refresh_from_db()


def _frozen(uid: uuid.UUID, held: Receipt, amount_minor: int) -> dict[str, object]:
    """Return what the provider will be asked, the same byte for byte each time, and its key."""
    parameters = parameters_of(uid, held, amount_minor)
    owner = {"payment": held} if isinstance(held, Payment) else {"suspense_item": held}
    return {
        **owner,
        "uid": uid,
        "amount_minor": amount_minor,
        "currency": held.currency,
        "idempotency_key": f"{settings.STRIPE_ENVIRONMENT}:refund-{uid}:create:1",
        "parameters": parameters,
        "parameters_digest": digest(parameters),
    }


def _intent_id(refund: Refund) -> str:
    receipt = refund.payment or refund.suspense_item
    return (receipt.intent_id if receipt else "") or ""


def _account(held: Receipt) -> CustomerAccount | None:
    return held.account if isinstance(held, Payment) else None

"""Refunds that wait for an answer: send again under the same key, look, or search."""

from __future__ import annotations

from datetime import datetime

from core import clock
from payments import gateway as provider
from payments.gateway import PaymentGateway
from payments.models import PaymentCase, Refund
from payments.operations.cases import open_case
from payments.operations.janitor import steps
from payments.operations.refunds import apply_refund, give_up, submit_refund
from payments.operations.submit import KEY_LIFETIME

State = Refund.State
AWAITED = (State.SUBMITTING, State.UNKNOWN, State.PENDING)


def look_after_refunds(*, now: datetime, everything: bool = False) -> int:
    """Look after the refunds that are due and return how many looks were taken.

    :param now: the business moment
    :param everything: look at every refund that is on its way, due or not
    """
    gateway = provider.gateway()
    if gateway is None:
        return 0

    def look_at(refund: Refund) -> None:
        try:
            _look(gateway, refund, now)
        finally:
            _give_to_a_person(refund, now)

    awaited = Refund.objects.filter(state__in=AWAITED)
    return steps.look_at_each(awaited, look_at, everything=everything)


def _look(gateway: PaymentGateway, refund: Refund, now: datetime) -> None:
    if refund.provider_id:
        apply_refund(gateway.refund(refund.provider_id), now=now, cause="janitor")
    elif clock.real_now() - refund.changed_at <= KEY_LIFETIME:
        submit_refund(refund, now=now)
    else:
        _search(gateway, refund, now)


def _search(gateway: PaymentGateway, refund: Refund, now: datetime) -> None:
    """Look among the refunds of that payment; it never was if it is absent twice."""
    for view in gateway.refunds_of(refund.parameters["payment_intent"]):
        if view.metadata.get("refund") == str(refund.uid):
            apply_refund(view, now=now, cause="janitor")
            return
    if steps.is_absent_again(refund):
        give_up(refund, now=now)


def _give_to_a_person(refund: Refund, now: datetime) -> None:
    """Open a case if no look follows the one that was just taken, and it is still awaited."""
    refund.refresh_from_db()
    if refund.state in AWAITED and refund.due_at is None:
        payment = refund.payment
        open_case(
            PaymentCase.Kind.STUCK,
            f"refund-{refund.uid}",
            account=payment.account if payment else None,
            about=refund.provider_id or str(refund.uid),
            detail={"state": refund.state, "amount_minor": refund.amount_minor},
            now=now,
        )

"""Refunds that wait for an answer: send again under the same key, look, or search."""

from __future__ import annotations

import logging
from datetime import datetime

from core import clock
from payments import gateway as provider
from payments.gateway import PaymentGateway, ProviderError
from payments.models import PaymentCase, Refund
from payments.operations.cases import open_case
from payments.operations.janitor import steps
from payments.operations.refunds import (
    NotSendable,
    ParametersChanged,
    apply_refund,
    give_up,
    submit_refund,
)

BATCH = 50
State = Refund.State
UNSURE = (State.SUBMITTING, State.UNKNOWN)
AWAITED = (*UNSURE, State.PENDING)

logger = logging.getLogger(__name__)


def look_after_refunds(*, now: datetime, everything: bool = False) -> int:
    """Look after the refunds that are due and return how many looks were taken.

    :param now: the business moment
    :param everything: look at every refund that is on its way, due or not
    """
    gateway = provider.gateway()
    if gateway is None:
        return 0
    real_now = clock.real_now()
    awaited = Refund.objects.filter(state__in=AWAITED)
    if not everything:
        awaited = awaited.filter(due_at__lte=real_now)
    taken = 0
    for refund in awaited.order_by("due_at", "pk")[: None if everything else BATCH]:
        if steps.take(refund, real_now):
            taken += 1
            _look(gateway, refund, now)
    return taken


def _look(gateway: PaymentGateway, refund: Refund, now: datetime) -> None:
    try:
        if refund.state == State.PENDING and refund.provider_id:
            apply_refund(gateway.refund(refund.provider_id), now=now, cause="janitor")
        elif refund.looks < steps.WITHIN_KEY:
            submit_refund(refund, now=now)
        else:
            _search(gateway, refund, now)
    except (ProviderError, NotSendable, ParametersChanged) as error:
        logger.warning(
            "refund.no_answer", extra={"refund": str(refund.uid), "error": type(error).__name__}
        )
    if steps.is_last(refund):
        _give_to_a_person(refund, now)


def _search(gateway: PaymentGateway, refund: Refund, now: datetime) -> None:
    """Look among the refunds of that payment; it never was if it is absent twice."""
    for view in gateway.refunds_of(refund.parameters["payment_intent"]):
        if view.metadata.get("refund") == str(refund.uid):
            apply_refund(view, now=now, cause="janitor")
            return
    if steps.is_absent_again(refund):
        give_up(refund, now=now)


def _give_to_a_person(refund: Refund, now: datetime) -> None:
    refund.refresh_from_db()
    if refund.state in AWAITED:
        payment = refund.payment
        open_case(
            PaymentCase.Kind.STUCK,
            f"refund-{refund.uid}",
            account=payment.account if payment else None,
            about=refund.provider_id or str(refund.uid),
            detail={"state": refund.state, "amount_minor": refund.amount_minor},
            now=now,
        )

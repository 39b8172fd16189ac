"""Bring our books in step with one object of the provider: fetch it, then apply it.

Whatever event rang, and however often, the object as it is now decides. What an event names is
fetched with no transaction open; everything that was found is applied in one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from payments import gateway as provider
from payments.gateway import (
    DisputeView,
    IntentView,
    PaymentGateway,
    PayoutView,
    RefundView,
    SessionView,
    Unanswered,
)
from payments.operations import chargebacks, payouts, receive, refunds
from payments.outcomes import Applied, PaymentMissing

View = SessionView | IntentView | RefundView | DisputeView | PayoutView
HANDLED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "payment_intent.partially_funded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "payment_intent.amount_capturable_updated",
        "charge.succeeded",
        "charge.refunded",
        "charge.updated",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "payout.paid",
        "payout.failed",
        "payout.canceled",
        "payout.reconciliation_completed",
    }
)


class NotHandled(LookupError):
    """Nothing of ours hangs on objects of this type."""


def sync(object_type: str, object_id: str, *, now: datetime, cause: str) -> Applied:
    """Fetch an object of the provider and apply it; call it with no transaction open.

    :raises NotHandled: if it is of no type that concerns us
    :raises ProviderError: if the provider does not show it
    """
    return apply(look(object_type, object_id), now=now, cause=cause)


def look(object_type: str, object_id: str) -> Sequence[View]:
    """Fetch an object and what hangs on it, in the order in which they are applied.

    :raises NotHandled: if it is of no type that concerns us
    :raises ProviderError: if the provider does not show it
    """
    if not object_id:
        raise NotHandled("it has no name")
    gateway = _gateway()
    match object_type:
        case "checkout.session":
            return _session(gateway, object_id)
        case "payment_intent":
            return [gateway.intent(object_id)]
        case "charge":
            return _charge(gateway, object_id)
        case "refund":
            return [gateway.refund(object_id)]
        case "dispute":
            return [gateway.dispute(object_id)]
        case "payout":
            return [gateway.payout(object_id)]
    raise NotHandled(object_type)


def apply(
    found: Sequence[View],
    *,
    now: datetime,
    cause: str,
    then: Callable[[Applied], None] | None = None,
) -> Applied:
    """Apply what was found, and `then` in the same transaction.

    A refund or dispute of a payment that we have not heard of brings that payment along.
    """
    try:
        return _together(found, now, cause, then)
    except PaymentMissing as missing:
        payment = _gateway().intent(missing.intent_id)
        return _together([payment, *found], now, cause, then)


@transaction.atomic
def _together(
    found: Sequence[View], now: datetime, cause: str, then: Callable[[Applied], None] | None
) -> Applied:
    outcomes = set()
    for view in found:
        outcomes.add(_one(view, now, cause))
        if Applied.FOREIGN in outcomes:
            break  # what hangs on it is foreign too
    outcome = next(each for each in STRONGEST if each in outcomes)
    if then:
        then(outcome)
    return outcome


STRONGEST = (Applied.FOREIGN, Applied.UNMATCHED, Applied.APPLIED, Applied.UNCHANGED)


def _one(view: View, now: datetime, cause: str) -> Applied:
    match view:
        case SessionView():
            return receive.apply_session(view, now=now, cause=cause)
        case IntentView():
            return receive.apply_intent(view, now=now, cause=cause)
        case RefundView():
            return refunds.apply_refund(view, now=now, cause=cause)
        case DisputeView():
            return chargebacks.apply_dispute(view, now=now, cause=cause)
        case PayoutView():
            return payouts.apply_payout(view, now=now, cause=cause)


def _session(gateway: PaymentGateway, session_id: str) -> Sequence[View]:
    session = gateway.session(session_id)
    return [session, gateway.intent(session.intent_id)] if session.intent_id else [session]


def _charge(gateway: PaymentGateway, charge_id: str) -> Sequence[View]:
    intent_id = gateway.charge_intent_id(charge_id)
    return [gateway.intent(intent_id), *gateway.refunds_of(intent_id)]


def _gateway() -> PaymentGateway:
    gateway = provider.gateway()
    if gateway is None:
        raise Unanswered("no key of the provider is configured")
    return gateway

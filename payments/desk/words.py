"""How the desk says what it knows: events and states in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from payments.models import Chargeback, Payment, PaymentAttempt, Refund

Tag = tuple[str, str]  # a word and its kind for the tag component

ATTEMPT_TAGS = {
    PaymentAttempt.State.SUCCEEDED: "good",
    PaymentAttempt.State.UNKNOWN: "warn",
    PaymentAttempt.State.FAILED: "off",
    PaymentAttempt.State.EXPIRED: "off",
    PaymentAttempt.State.CANCELLED: "off",
    PaymentAttempt.State.ABANDONED: "off",
}
REFUND_TAGS = {
    Refund.State.REQUESTED: "draft",
    Refund.State.SUCCEEDED: "good",
    Refund.State.FAILED: "warn",
    Refund.State.UNKNOWN: "warn",
    Refund.State.REJECTED: "off",
}
CHARGEBACK_TAGS = {
    Chargeback.State.INQUIRY: "draft",
    Chargeback.State.OPEN: "warn",
    Chargeback.State.WON: "good",
    Chargeback.State.LOST: "off",
}


def attempt_tag(state: str) -> Tag:
    known = PaymentAttempt.State(state)
    return str(known.label), ATTEMPT_TAGS.get(known, "wait")


def refund_tag(state: str) -> Tag:
    known = Refund.State(state)
    return str(known.label), REFUND_TAGS.get(known, "wait")


def chargeback_tag(state: str) -> Tag:
    known = Chargeback.State(state)
    return str(known.label), CHARGEBACK_TAGS[known]


def payment_tag(payment: Payment, *, returned: int, returning: int, taken: int, asked: int) -> Tag:
    """Say what became of a payment; amounts in minor units.

    :param returned: refunded, `returning`: on its way back or waiting for approval
    :param taken: lost to the payer's bank, `asked`: what the bank asks for
    """
    if payment.state == Payment.State.REVERSED:
        return _("Reversed"), "off"
    if taken:
        return _("Charged back"), "off"
    if asked:
        return _("Disputed"), "warn"
    if returned >= payment.amount_minor:
        return _("Refunded"), "off"
    if returning:
        return _("Refund under way"), "wait"
    if returned:
        return _("Part refunded"), "good"
    return _("Received"), "good"


def cause_words(cause: str) -> str:
    """Say who or what brought an attempt to a state; what we have no word for as it is noted."""
    kind, _separator, which = cause.partition(":")
    if kind == "event" and which:
        return _("Told by the provider: %(event)s") % {"event": which}
    if cause.startswith("user "):
        return _("Cancelled on our pages")
    told = {
        "begun": _("Begun on our pages"),
        "sent": _("Sent to the provider"),
        "return page": _("The payer came back"),
        "watching page": _("The payer waited on our page"),
        "janitor": _("We asked the provider"),
        "no answer": _("The provider did not answer"),
        "refused": _("Refused by the provider"),
        "absent twice": _("Unknown to the provider, asked twice"),
        "settled elsewhere": _("Paid in another way meanwhile"),
    }
    return told.get(cause, cause)


def code_words(code: str) -> str:
    """Return a code of the provider as words, such as `product not received`."""
    return code.replace("_", " ")


def event_words(event_type: str) -> str:
    """Return an entry's event in words; an unknown one as it is written in the books."""
    told = {
        "payment.received": _("Payment received"),
        "payment.received.reversed": _("Payment reversed"),
        "payment.fee": _("Fee of the provider"),
        "suspense.received": _("Taken into suspense"),
        "suspense.resolved": _("Given to the account"),
        "refund.requested": _("Refund approved"),
        "refund.succeeded": _("Refund paid out"),
        "refund.failed": _("Refund failed"),
        "chargeback.withdrawn": _("Taken back by the payer's bank"),
        "chargeback.reinstated": _("Given back by the payer's bank"),
        "chargeback.lost": _("Chargeback lost"),
        "chargeback.regained": _("Lost chargeback given back"),
        "late_fee.charged": _("Late fee"),
        "late_fee.charged.reversed": _("Late fee waived"),
        "statement.issued": _("Bill"),
    }
    return told.get(event_type, event_type)

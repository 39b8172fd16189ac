"""PaymentIntents: the one object that follows a payment through its tries."""

from __future__ import annotations

import json

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects.means import Means
from payments.sandbox.errors import refused

CANCELABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}
FIXED: Json = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": "automatic_async",
    "confirmation_method": "automatic",
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "processing": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}


def create(books: Books, session: Json, *, email: str) -> Json:
    """Make the intent of a session; Stripe does it when the customer confirms."""
    asked = session_data(books, session)
    which = ids.new("pi")
    intent = FIXED | {
        "id": which,
        "object": "payment_intent",
        "allowed_payment_method_types": session["allowed_payment_method_types"],
        "amount": session["amount_total"],
        "amount_received": 0,
        "client_secret": f"{which}_{ids.new('secret')}",
        "created": books.now,
        "currency": session["currency"],
        "customer": session["customer"],
        "description": asked.get("description"),
        "metadata": asked.get("metadata", {}),
        "payment_method_types": session["payment_method_types"],
        "receipt_email": asked.get("receipt_email") or email or None,
        "status": "requires_payment_method",
    }
    books.add(intent)
    books.note(which, "session", session["id"])
    session["payment_intent"] = which
    books.save(session)
    books.emit("payment_intent.created", intent)
    return intent


def session_data(books: Books, session: Json) -> Json:
    """Return the `payment_intent_data` a session was made with."""
    return dict(json.loads(books.noted(session["id"], "payment_intent_data") or "{}"))


def succeed(books: Books, intent: Json, charge: Json) -> None:
    intent |= {
        "amount_received": charge["amount_captured"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "processing": None,
        "status": "succeeded",
    }
    books.save(intent)
    books.emit("payment_intent.succeeded", intent)


def process(books: Books, intent: Json, charge: Json) -> None:
    """Wait for the bank."""
    intent |= {
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "status": "processing",
    }
    books.save(intent)
    books.emit("payment_intent.processing", intent)


def ask(books: Books, intent: Json, url: str) -> None:
    """Wait for the customer's confirmation at her bank."""
    intent |= {
        "last_payment_error": None,
        "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": url}},
        "status": "requires_action",
    }
    books.save(intent)
    books.emit("payment_intent.requires_action", intent)


def fail(books: Books, intent: Json, error: Json, *, charge: Json | None) -> None:
    """Say why it failed; a further try is allowed."""
    intent |= {
        "last_payment_error": error,
        "latest_charge": charge["id"] if charge else intent["latest_charge"],
        "next_action": None,
        "payment_method": None,
        "processing": None,
        "status": "requires_payment_method",
    }
    books.save(intent)
    books.emit("payment_intent.payment_failed", intent)


def cancel(books: Books, intent: Json, *, reason: str | None) -> Json:
    """Cancel what waits for the customer.

    :raises ApiError: in any other status
    """
    if intent["status"] not in CANCELABLE:
        raise refused(
            "You cannot cancel this PaymentIntent because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may "
            "be canceled: requires_payment_method, requires_capture, requires_confirmation, "
            "requires_action, processing.",
            code="payment_intent_unexpected_state",
        )
    intent |= {
        "canceled_at": books.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    books.save(intent)
    books.emit("payment_intent.canceled", intent)
    return intent


def error_of(
    means: Means, method: str | None, *, code: str, words: str, charge: str | None
) -> Json:
    """Return `last_payment_error` for a card or a bank account."""
    kind = "card_error" if means.kind == "card" else "invalid_request_error"
    error: Json = {"type": kind, "code": code, "message": words, "doc_url": None}
    if means.outcome.decline:
        error["decline_code"] = means.outcome.decline
    if charge:
        error["charge"] = charge
    error["payment_method"] = {"id": method, "object": "payment_method", "type": means.kind}
    return error

"""PaymentIntents, charges and customers over HTTP."""

from __future__ import annotations

from payments.sandbox import forms, listing
from payments.sandbox.api.sessions import metadata
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import intents, sessions
from payments.sandbox.errors import invalid, refused
from payments.sandbox.provider import Sandbox

REASONS = {"duplicate", "fraudulent", "requested_by_customer", "abandoned"}


def intent(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("payment_intent", which)


def several_intents(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"customer": "customer"}
    return listing.page(books, "payment_intent", "/v1/payment_intents", params, fields=fields)


def cancel_intent(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, {"cancellation_reason"})
    reason = params.get("cancellation_reason")
    if reason is not None and reason not in REASONS:
        raise invalid(f"Invalid cancellation_reason: {reason}", param="cancellation_reason")
    found = books.get("payment_intent", which)
    if sessions.of_intent(books, found)["status"] == "open":
        raise refused(
            "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout "
            "Session instead.",
            code="payment_intent_unexpected_state",
        )
    return intents.cancel(books, found, reason=reason)


def charge(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("charge", which)


def several_charges(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"payment_intent": "parent", "customer": "customer"}
    return listing.page(books, "charge", "/v1/charges", params, fields=fields)


def customer(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("customer", which)


def create_customer(sandbox: Sandbox, books: Books, params: Json) -> Json:
    forms.only(params, {"email", "name", "metadata"})
    return sessions.create_customer(books, params, metadata(params))

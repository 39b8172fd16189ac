"""Refunds over HTTP."""

from __future__ import annotations

from payments.sandbox import forms, listing
from payments.sandbox.api.sessions import metadata
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import refunding
from payments.sandbox.errors import invalid, refused
from payments.sandbox.provider import Sandbox

REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


def create(sandbox: Sandbox, books: Books, params: Json) -> Json:
    forms.only(params, {"amount", "charge", "metadata", "payment_intent", "reason"})
    reason = params.get("reason")
    if reason is not None and reason not in REASONS:
        raise invalid(
            f"Invalid reason: must be one of {', '.join(sorted(REASONS))}", param="reason"
        )
    amount = None
    if "amount" in params:
        amount = forms.integer(params, "amount", least=1, most=99_999_999)
    return refunding.create(
        books, _charge(books, params), amount=amount, reason=reason, metadata=metadata(params)
    )


def read(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("refund", which)


def several(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"payment_intent": "parent", "charge": "charge"}
    return listing.page(books, "refund", "/v1/refunds", params, fields=fields)


def cancel(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return refunding.cancel(books, books.get("refund", which))


def _charge(books: Books, params: Json) -> Json:
    if "charge" in params:
        return books.get("charge", params["charge"], param="charge")
    if "payment_intent" not in params:
        raise invalid("One of the following params should be provided: payment_intent or charge.")
    intent = books.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return books.get("charge", intent["latest_charge"])

"""Checkout Sessions: the offer to pay, open until it is paid or expires."""

from __future__ import annotations

import json
from typing import Any

from payments.sandbox import clock, ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import intents
from payments.sandbox.errors import refused

FIXED: Json = {
    "adaptive_pricing": {"enabled": False},
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": {},
    "customer": None,
    "customer_details": None,
    "discounts": [],
    "integration_identifier": None,
    "invoice": None,
    "invoice_creation": None,
    "livemode": False,
    "mode": "payment",
    "payment_intent": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "payment_status": "unpaid",
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "open",
    "submit_type": None,
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page",
}


def create(
    books: Books, asked: Json, *, items: list[Json], intent_data: Json, public_url: str
) -> Json:
    """Keep a new open session; `asked` holds what the caller chose, by Stripe's field names."""
    which = ids.session()
    total = sum(item["amount_total"] for item in items)
    session = (
        FIXED
        | asked
        | {
            "id": which,
            "object": "checkout.session",
            "amount_subtotal": total,
            "amount_total": total,
            "created": books.now,
            "url": f"{public_url}/c/pay/{which}",
        }
    )
    books.note(which, "line_items", json.dumps(items))
    books.note(which, "payment_intent_data", json.dumps(intent_data))
    books.at_real("expire", which, due=session["expires_at"])
    return books.add(session)


def is_over(session: Json) -> bool:
    """Tell whether an open session's time has passed, though nobody has closed it yet."""
    return session["status"] == "open" and session["expires_at"] <= clock.real()


def complete(books: Books, session: Json, *, paid: bool, customer: Json) -> None:
    session |= {
        "customer_details": customer,
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    _remember_customer(books, session, customer)
    books.save(session)
    books.drop_jobs(session["id"], "expire")
    books.emit("checkout.session.completed", session)


def settle(books: Books, session: Json, *, paid: bool) -> None:
    """Say how a debit that took days ended."""
    session["payment_status"] = "paid" if paid else "unpaid"
    books.save(session)
    ending = "succeeded" if paid else "failed"
    books.emit(f"checkout.session.async_payment_{ending}", session)


def expire(books: Books, session: Json) -> Json:
    """Close an open session and its intent.

    :raises ApiError: if it is not open
    """
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    books.save(session)
    books.drop_jobs(session["id"], "expire")
    books.emit("checkout.session.expired", session)
    if session["payment_intent"]:
        intent = books.get("payment_intent", session["payment_intent"])
        intents.cancel(books, intent, reason="expired")
    return session


def of_intent(books: Books, intent: Json) -> Json:
    return books.get("checkout.session", books.noted(intent["id"], "session"))


def back_address(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _remember_customer(books: Books, session: Json, customer: Json) -> None:
    if session["customer"] or session["customer_creation"] != "always":
        return
    session["customer"] = create_customer(books, customer)["id"]
    if session["payment_intent"]:
        intent = books.get("payment_intent", session["payment_intent"])
        intent["customer"] = session["customer"]
        books.save(intent)


def create_customer(books: Books, customer: Json, metadata: Any = None) -> Json:
    return books.add(
        {
            "id": ids.new("cus", 14),
            "object": "customer",
            "balance": 0,
            "created": books.now,
            "email": customer.get("email"),
            "livemode": False,
            "metadata": metadata or {},
            "name": customer.get("name"),
        }
    )

"""Checkout Sessions over HTTP."""

from __future__ import annotations

import re
from typing import Any

from payments.sandbox import clock, forms, listing
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import sessions
from payments.sandbox.errors import ApiError, invalid, missing
from payments.sandbox.expand import line_items as items_of
from payments.sandbox.provider import Sandbox

URL = "/v1/checkout/sessions"
KNOWN = {
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_creation",
    "customer_email",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "submit_type",
    "success_url",
    "ui_mode",
}
SHORTEST, LONGEST = 30 * 60, 24 * 3600
ALLOWANCE = 120  # seconds that two clocks may differ
LEAST, MOST = {"gbp": 30}, 99_999_999  # other currencies: 50
OFFERED = {"usd": ["card", "us_bank_account"], "eur": ["card", "sepa_debit"]}
SESSION_ID = re.compile(r"\{CHECKOUT_SESSION_ID\}")


def create(sandbox: Sandbox, books: Books, params: Json) -> Json:
    _supported(params)
    currency, items = _items(params)
    intent_data = _dictionary(params, "payment_intent_data")
    forms.only(intent_data, {"description", "metadata", "receipt_email"})
    intent_data["metadata"] = metadata(intent_data)
    asked = {
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "cancel_url": _url(params, "cancel_url", needed=False),
        "client_reference_id": params.get("client_reference_id"),
        "currency": currency,
        "customer": _customer(books, params),
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "expires_at": _expires_at(params),
        "locale": params.get("locale"),
        "metadata": metadata(params),
        "payment_method_types": _types(params, currency),
        "submit_type": params.get("submit_type"),
        "success_url": _url(params, "success_url", needed=True),
    }
    return sessions.create(
        books, asked, items=items, intent_data=intent_data, public_url=sandbox.config.public_url
    )


def read(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("checkout.session", which)


def several(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"payment_intent": "parent", "status": "status", "customer": "customer"}
    return listing.page(books, "checkout.session", URL, params, fields=fields)


def line_items(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    return items_of(books, books.get("checkout.session", which))


def expire(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return sessions.expire(books, books.get("checkout.session", which))


def metadata(params: Json) -> Json:
    """Return the metadata of some parameters: at most 50 keys of 40 and values of 500 letters.

    :raises ApiError: above that
    """
    found = _dictionary(params, "metadata")
    if len(found) > 50:
        raise invalid("Metadata can have up to 50 keys.", param="metadata")
    for name, value in found.items():
        if len(name) > 40 or not isinstance(value, str) or len(value) > 500:
            raise invalid(
                "Metadata keys can have up to 40 characters, values up to 500.",
                param=f"metadata[{name}]",
            )
    return {name: value for name, value in found.items() if value != ""}


def _supported(params: Json) -> None:
    if "payment_method_types" in params:
        raise invalid(
            "The payment_method_types parameter is no longer supported. Use "
            "allowed_payment_method_types.",
            param="payment_method_types",
            code="payment_method_types_no_longer_supported",
        )
    forms.only(params, KNOWN)
    if params.get("mode") != "payment":
        raise invalid("The sandbox knows only mode=payment.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The sandbox knows only ui_mode=hosted_page.", param="ui_mode")


def _items(params: Json) -> tuple[str, list[Json]]:
    asked = params.get("line_items")
    if not isinstance(asked, list) or not asked:
        raise _absent("line_items")
    items = [_item(item, place) for place, item in enumerate(asked)]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    _sum(items)
    return currencies.pop(), items


def _sum(items: list[Json]) -> None:
    total = sum(item["amount_total"] for item in items)
    least = LEAST.get(items[0]["currency"], 50)
    if total < least:
        raise invalid(
            "The Checkout Session's total amount due must add up to at least "
            f"{least} minor units ({items[0]['currency']}).",
            code="amount_too_small",
        )
    if total > MOST:
        raise invalid("The total amount due is too large.", code="amount_too_large")


def _item(item: Any, place: int) -> Json:
    where = f"line_items[{place}]"
    price = item.get("price_data") if isinstance(item, dict) else None
    product = price.get("product_data") if isinstance(price, dict) else None
    if not isinstance(price, dict) or not isinstance(product, dict) or not product.get("name"):
        raise _absent(f"{where}[price_data][product_data][name]")
    currency = str(price.get("currency", "")).lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise invalid(f"Invalid currency: {currency}", param=f"{where}[price_data][currency]")
    amount = forms.integer(price, "unit_amount", least=0, most=MOST)
    quantity = forms.integer(item, "quantity", least=1, most=999_999)
    return {
        "id": f"li_{place + 1}",
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": currency,
        "description": product["name"],
        "quantity": quantity,
    }


def _types(params: Json, currency: str) -> list[str]:
    """Return what is offered: what the currency has, narrowed to what the caller allows."""
    offered = OFFERED.get(currency, ["card"])
    allowed = params.get("allowed_payment_method_types", offered)
    if not isinstance(allowed, list):
        raise invalid("Invalid array", param="allowed_payment_method_types")
    found = [kind for kind in allowed if kind in offered]
    if not found:
        raise invalid(
            "No valid payment method types for this Checkout Session.",
            param="allowed_payment_method_types",
        )
    return found


def _expires_at(params: Json) -> int:
    now = int(clock.real())
    if "expires_at" not in params:
        return now + LONGEST
    at = forms.integer(params, "expires_at", least=0, most=10**11)
    if at < now + SHORTEST - ALLOWANCE:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if at > now + LONGEST + ALLOWANCE:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return at


def _url(params: Json, name: str, *, needed: bool) -> str | None:
    if name not in params and not needed:
        return None
    if name not in params:
        raise _absent(name)
    if not re.fullmatch(r"https?://[^\s<>\"]+", SESSION_ID.sub("x", params[name])):
        raise invalid("Not a valid URL", param=name, code="url_invalid")
    return str(params[name])


def _customer(books: Books, params: Json) -> str | None:
    if "customer" not in params:
        return None
    if "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    if books.find(params["customer"]) is None:
        raise missing("customer", params["customer"], param="customer")
    return str(params["customer"])


def _dictionary(params: Json, name: str) -> Json:
    found = params.get(name, {})
    if found == "":
        return {}
    if not isinstance(found, dict):
        raise invalid("Invalid hash", param=name)
    return dict(found)


def _absent(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")

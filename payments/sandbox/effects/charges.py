"""Charges: one try to take money, kept whether it succeeded or not."""

from __future__ import annotations

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import money
from payments.sandbox.effects.means import Means

FIXED: Json = {
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "calculated_statement_descriptor": "METERBOOK SANDBOX",
    "failure_balance_transaction": None,
    "fraud_details": {},
    "on_behalf_of": None,
    "receipt_number": None,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}


def begin(
    books: Books, intent: Json, means: Means, *, email: str, name: str, public_url: str
) -> Json:
    """Keep a pending charge of what the intent asks for, or of less if a fault says so."""
    which = ids.new("ch" if means.kind == "card" else "py")
    charge = FIXED | {
        "id": which,
        "object": "charge",
        "amount": int(books.noted(intent["id"], "takes") or intent["amount"]),
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": email, "name": name, "phone": None},
        "captured": False,
        "created": books.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": details(means),
        "receipt_email": intent["receipt_email"],
        "receipt_url": f"{public_url}/receipts/{which}",
        "refunded": False,
        "status": "pending",
    }
    books.note(which, "refund", means.outcome.refund)
    return books.add(charge)


def details(means: Means) -> Json:
    """Return how it was paid: a brand or bank and four digits."""
    if means.kind == "card":
        return {
            "type": "card",
            "card": {
                "brand": means.brand,
                "country": "US",
                "exp_month": 12,
                "exp_year": 2034,
                "funding": "credit",
                "last4": means.last4,
                "network": means.brand,
                "three_d_secure": None,
                "wallet": None,
            },
        }
    if means.kind == "sepa_debit":
        return {
            "type": "sepa_debit",
            "sepa_debit": {"bank_code": "19043", "country": means.brand, "last4": means.last4},
        }
    return {
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": means.brand,
            "last4": means.last4,
            "routing_number": "110000000",
        },
    }


def succeed(books: Books, charge: Json) -> None:
    """Take the money: the charge first, its balance transaction an event later."""
    charge |= {
        "amount_captured": charge["amount"],
        "captured": True,
        "paid": True,
        "status": "succeeded",
        "outcome": _outcome("authorized", "approved_by_network", "Payment complete."),
    }
    books.emit("charge.succeeded", charge)
    kind = charge["payment_method_details"]["type"]
    moved = money.move(
        books,
        "charge" if kind == "card" else "payment",
        amount=charge["amount"],
        currency=charge["currency"],
        source=charge["id"],
        category="charge",
        fee=money.fee_of(kind, charge["amount"]),
        words=charge["description"] or "",
    )
    charge["balance_transaction"] = moved["id"]
    books.save(charge)


def tell_balance(books: Books, charge: Json) -> None:
    """Say that the balance transaction of a charge is there now."""
    books.emit("charge.updated", charge, previously={"balance_transaction": None})


def fail(books: Books, charge: Json, *, code: str, words: str) -> None:
    charge |= {
        "failure_code": code,
        "failure_message": words,
        "status": "failed",
        "outcome": _outcome("issuer_declined", "declined_by_network", words),
    }
    books.save(charge)
    books.emit("charge.failed", charge)


def _outcome(kind: str, network: str, words: str) -> Json:
    return {
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": 7,
        "seller_message": words,
        "type": kind,
    }

"""The balance, its transactions, payouts and the account over HTTP."""

from __future__ import annotations

from payments.sandbox import forms, listing
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import payouts
from payments.sandbox.provider import Sandbox

ACCOUNT = "acct_sandbox00000000"


def balance(sandbox: Sandbox, books: Books, params: Json) -> Json:
    forms.only(params, set())
    sums = {
        currency: sum(move["net"] for move in moves)
        for currency, moves in payouts.unpaid(books).items()
    }
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(sums.items())
    ]
    pending = [part | {"amount": 0, "source_types": {"card": 0}} for part in available]
    return {"object": "balance", "available": available, "livemode": False, "pending": pending}


def transaction(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("balance_transaction", which)


def transactions(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"payout": "parent", "type": "type", "currency": "currency", "source": "source"}
    return listing.page(
        books, "balance_transaction", "/v1/balance_transactions", params, fields=fields
    )


def payout(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("payout", which)


def several_payouts(sandbox: Sandbox, books: Books, params: Json) -> Json:
    return listing.page(books, "payout", "/v1/payouts", params, fields={"status": "status"})


def account(sandbox: Sandbox, books: Books, params: Json) -> Json:
    forms.only(params, set())
    return {
        "id": ACCOUNT,
        "object": "account",
        "business_profile": {"name": sandbox.config.merchant},
        "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "active"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": sandbox.config.merchant}},
        "type": "standard",
    }

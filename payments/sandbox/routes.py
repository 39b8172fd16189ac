"""The addresses of the API, and the one function behind each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from payments.sandbox.api import balance, disputes, events, payments, refunds, sessions
from payments.sandbox.books import Json
from payments.sandbox.errors import unknown_address

Endpoint = Callable[..., Json]
ONE = r"([A-Za-z0-9_]+)"
TABLE: list[tuple[str, str, Endpoint]] = [
    ("POST", "/v1/checkout/sessions", sessions.create),
    ("GET", "/v1/checkout/sessions", sessions.several),
    ("GET", f"/v1/checkout/sessions/{ONE}", sessions.read),
    ("GET", f"/v1/checkout/sessions/{ONE}/line_items", sessions.line_items),
    ("POST", f"/v1/checkout/sessions/{ONE}/expire", sessions.expire),
    ("GET", "/v1/payment_intents", payments.several_intents),
    ("GET", f"/v1/payment_intents/{ONE}", payments.intent),
    ("POST", f"/v1/payment_intents/{ONE}/cancel", payments.cancel_intent),
    ("GET", "/v1/charges", payments.several_charges),
    ("GET", f"/v1/charges/{ONE}", payments.charge),
    ("POST", "/v1/customers", payments.create_customer),
    ("GET", f"/v1/customers/{ONE}", payments.customer),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.several),
    ("GET", f"/v1/refunds/{ONE}", refunds.read),
    ("POST", f"/v1/refunds/{ONE}/cancel", refunds.cancel),
    ("GET", "/v1/disputes", disputes.several),
    ("GET", f"/v1/disputes/{ONE}", disputes.read),
    ("GET", "/v1/balance", balance.balance),
    ("GET", "/v1/balance_transactions", balance.transactions),
    ("GET", f"/v1/balance_transactions/{ONE}", balance.transaction),
    ("GET", "/v1/payouts", balance.several_payouts),
    ("GET", f"/v1/payouts/{ONE}", balance.payout),
    ("GET", "/v1/events", events.several),
    ("GET", f"/v1/events/{ONE}", events.read),
    ("GET", "/v1/account", balance.account),
]
EXACT = {(method, path): endpoint for method, path, endpoint in TABLE if ONE not in path}
PATTERNS = [(method, re.compile(path), endpoint) for method, path, endpoint in TABLE if ONE in path]


def find(method: str, path: str) -> tuple[Endpoint, tuple[Any, ...]]:
    """Return the function of an address and the identifiers in it.

    :raises ApiError: 404 for an address that is none
    """
    if (method, path) in EXACT:
        return EXACT[(method, path)], ()
    for verb, pattern, endpoint in PATTERNS:
        match = pattern.fullmatch(path) if verb == method else None
        if match:
            return endpoint, match.groups()
    raise unknown_address(method, path)

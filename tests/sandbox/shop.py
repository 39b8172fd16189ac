"""The smallest merchant: it asks for sessions as production does, by the same library."""

from __future__ import annotations

from typing import Any

import stripe

from tests.sandbox.running import Sandbox

BACK = "http://127.0.0.1:1/back?session={CHECKOUT_SESSION_ID}"


def client_of(sandbox: Sandbox, **more: Any) -> stripe.StripeClient:
    more.setdefault("max_network_retries", 0)
    return stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url}, **more)


def asked(amount: int = 12_345, currency: str = "usd", **more: Any) -> dict[str, Any]:
    price = {
        "currency": currency,
        "unit_amount": amount,
        "product_data": {"name": "Statement 2026-000123"},
    }
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": "attempt-1",
        "metadata": {"attempt": "attempt-1"},
        "payment_intent_data": {"description": "Statement", "metadata": {"attempt": "attempt-1"}},
        "success_url": BACK,
        "cancel_url": "http://127.0.0.1:1/cancelled",
    } | more


class Shop:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.client = client_of(sandbox)
        self.api = self.client.v1

    def session(
        self, amount: int = 12_345, currency: str = "usd", *, key: str | None = None, **more: Any
    ) -> Any:
        options = {"idempotency_key": key} if key else {}
        return self.api.checkout.sessions.create(asked(amount, currency, **more), options)

    def paid(self, amount: int = 12_345, **how: Any) -> Any:
        """Pay a new session and return its payment intent, with its charge."""
        said = self.sandbox.pay(self.session(amount).id, **how)
        return self.intent(said["payment_intent"])

    def intent(self, which: str) -> Any:
        options: Any = {"expand": ["latest_charge.balance_transaction"]}
        return self.api.payment_intents.retrieve(which, options)

    def types(self, **more: Any) -> list[str]:
        """Return the types of all events, oldest first."""
        events = self.api.events.list({"limit": 100} | more).data
        return [event.type for event in reversed(events)]

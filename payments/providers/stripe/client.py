"""The driver: every call to Stripe, by its library, with our keys, time limits and errors.

The library would invent a key of its own for every call that has none, wait for 80 seconds and
report each request's duration; here it does none of it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from django.conf import settings

from payments.gateway import (
    BalanceView,
    DisputeView,
    EventView,
    IntentView,
    Parameters,
    PayoutView,
    RefundView,
    SessionView,
    Unanswered,
)
from payments.providers.guard import refuse_in_transaction
from payments.providers.stripe import errors, parse, webhook

CONNECT_SECONDS, READ_SECONDS = 3, 20
RETRIES = 1  # of a call that got no answer, under the same key
PAGE = 100
CHARGE = ["latest_charge.balance_transaction"]
BOTH_WAYS = ["balance_transaction", "failure_balance_transaction"]

stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.CRITICAL)  # its debug lines hold whole bodies

logger = logging.getLogger(__name__)
View = TypeVar("View")


def gateway() -> StripeGateway:
    """Return the driver of the configured key; one for all threads."""
    return _gateway(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _gateway(key: str, base: str) -> StripeGateway:
    return StripeGateway(key, base)


class StripeGateway:
    """Implements `payments.gateway.PaymentGateway`."""

    def __init__(self, key: str, base: str) -> None:
        self.is_livemode = key.startswith(("sk_live_", "rk_live_"))
        self._api: Any = stripe.StripeClient(
            key,
            base_addresses={"api": base.rstrip("/")},
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
            max_network_retries=RETRIES,
        ).v1

    # --- hosted pages

    def create_session(self, parameters: Parameters, *, key: str) -> SessionView:
        made = self._one(_page, self._api.checkout.sessions.create, dict(parameters), _under(key))
        if dict(made.metadata) != parameters["metadata"]:
            raise Unanswered(f"{made.id} is not the page that was asked for")
        return made

    def session(self, session_id: str) -> SessionView:
        return self._named(_page, self._api.checkout.sessions.retrieve, session_id)

    def expire_session(self, session_id: str, *, key: str) -> SessionView:
        return self._named(_page, self._api.checkout.sessions.expire, session_id, {}, _under(key))

    def sessions_since(self, moment: datetime) -> Iterator[SessionView]:
        return self._all(parse.session, self._api.checkout.sessions.list, _since(moment))

    def sessions_of(self, intent_id: str) -> Iterator[SessionView]:
        asked = {"payment_intent": intent_id}
        return self._all(parse.session, self._api.checkout.sessions.list, asked)

    # --- payments

    def intent(self, intent_id: str) -> IntentView:
        asked = {"expand": CHARGE}
        return self._named(parse.intent, self._api.payment_intents.retrieve, intent_id, asked)

    def intents_since(self, moment: datetime) -> Iterator[IntentView]:
        asked = _since(moment) | _expanded(CHARGE)
        return self._all(parse.intent, self._api.payment_intents.list, asked)

    def charge_intent_id(self, charge_id: str) -> str:
        def read(values: Any) -> str:
            return parse.id_of(values.get("payment_intent"), "payment_intent") or ""

        return self._one(read, self._api.charges.retrieve, charge_id)

    # --- refunds

    def create_refund(self, parameters: Parameters, *, key: str) -> RefundView:
        asked = {**parameters, "expand": BOTH_WAYS}
        return self._one(parse.refund, self._api.refunds.create, asked, _under(key))

    def refund(self, refund_id: str) -> RefundView:
        asked = {"expand": BOTH_WAYS}
        return self._named(parse.refund, self._api.refunds.retrieve, refund_id, asked)

    def refunds_of(self, intent_id: str) -> Iterator[RefundView]:
        asked = {"payment_intent": intent_id} | _expanded(BOTH_WAYS)
        return self._all(parse.refund, self._api.refunds.list, asked)

    def refunds_since(self, moment: datetime) -> Iterator[RefundView]:
        asked = _since(moment) | _expanded(BOTH_WAYS)
        return self._all(parse.refund, self._api.refunds.list, asked)

    # --- disputes

    def dispute(self, dispute_id: str) -> DisputeView:
        return self._named(parse.dispute, self._api.disputes.retrieve, dispute_id)

    def disputes_of(self, intent_id: str) -> Iterator[DisputeView]:
        asked = {"payment_intent": intent_id}
        return self._all(parse.dispute, self._api.disputes.list, asked)

    def disputes_since(self, moment: datetime) -> Iterator[DisputeView]:
        return self._all(parse.dispute, self._api.disputes.list, _since(moment))

    # --- our balance

    def payout(self, payout_id: str) -> PayoutView:
        asked = {"expand": BOTH_WAYS}
        return self._named(parse.payout, self._api.payouts.retrieve, payout_id, asked)

    def payouts_since(self, moment: datetime) -> Iterator[PayoutView]:
        asked = _since(moment) | _expanded(BOTH_WAYS)
        return self._all(parse.payout, self._api.payouts.list, asked)

    def balances_since(self, moment: datetime) -> Iterator[BalanceView]:
        return self._all(parse.balance, self._api.balance_transactions.list, _since(moment))

    def balances_of_payout(self, payout_id: str) -> Iterator[BalanceView]:
        asked = {"payout": payout_id}
        return self._all(parse.balance, self._api.balance_transactions.list, asked)

    # --- events, and whose account it is

    def events_since(self, moment: datetime) -> Iterator[EventView]:
        return self._all(_event, self._api.events.list, _since(moment))

    def account_id(self) -> str:
        return self._one(_account, self._api.accounts.retrieve_current)

    # --- one call, and a list of them

    def _named(
        self, read: Callable[[Any], View], call: Callable[..., Any], object_id: str, *more: Any
    ) -> View:
        """Call for one object, and make sure that it is the one that came."""
        found = self._one(read, call, object_id, *more)
        if getattr(found, "id", None) != object_id:
            raise Unanswered(f"another object came than {object_id}")
        return found

    def _one(self, read: Callable[[Any], View], call: Callable[..., Any], *asked: Any) -> View:
        return _read(read, _called(call, *asked))

    def _all(
        self, read: Callable[[Any], View], call: Callable[..., Any], asked: dict[str, Any]
    ) -> Iterator[View]:
        """Yield every object of a list, page after page, newest first."""
        after: dict[str, str] = {}
        while True:
            page = _called(call, {**asked, **after, "limit": PAGE})
            items = page.get("data") if isinstance(page, dict) else None
            if not isinstance(items, list):
                raise Unanswered("no list came")
            for item in items:
                yield _read(read, item)
            if not items or page.get("has_more") is not True:
                return
            after = {"starting_after": str(items[-1]["id"])}


def _called(call: Callable[..., Any], *asked: Any) -> Any:
    """Call the library outside of any transaction; return the answer's JSON."""
    refuse_in_transaction()
    try:
        return call(*asked).last_response.data
    except stripe.StripeError as error:
        raise errors.translated(error) from None  # its body may name people
    except (ValueError, AttributeError, KeyError, TypeError):  # an answer of another shape
        raise Unanswered("the answer cannot be read") from None


def _read(read: Callable[[Any], View], values: Any) -> View:
    try:
        return read(values)
    except (ValueError, OverflowError, OSError, AttributeError, TypeError, KeyError) as error:
        raise Unanswered(f"the answer is unlike Stripe's: {error}") from None


def _under(key: str) -> dict[str, str]:
    return {"idempotency_key": key}


def _since(moment: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(moment.astimezone(UTC).timestamp())}}


def _expanded(paths: list[str]) -> dict[str, Any]:
    return {"expand": [f"data.{path}" for path in paths]}


def _page(values: Any) -> SessionView:
    """Read a page to which a payer may be sent: it lies where the provider's pages lie."""
    view = parse.session(values)
    if view.url and not view.url.startswith(settings.STRIPE_CHECKOUT_ORIGIN.rstrip("/") + "/"):
        logger.error("page.elsewhere", extra={"setting": "STRIPE_CHECKOUT_ORIGIN"})
        raise parse.Unlike(f"{view.id} lies elsewhere than STRIPE_CHECKOUT_ORIGIN")
    return view


def _event(values: Any) -> EventView:
    return webhook.read(json.dumps(values))


def _account(values: Any) -> str:
    found = values.get("id")
    if values.get("object") != "account" or not isinstance(found, str):
        raise parse.Unlike("not an account")
    return found

"""Sessions and payments by card and bank debit, through the library of production."""

from __future__ import annotations

import time

import pytest
import stripe

from tests.sandbox.shop import asked


def test_a_session_is_open_and_has_no_intent_yet(shop):
    session = shop.session(currency="USD")

    assert session.id.startswith("cs_test_") and session.object == "checkout.session"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None and session.livemode is False
    assert (session.amount_total, session.currency) == (12_345, "usd")
    assert session.payment_method_types == ["card", "us_bank_account"]
    assert session.url == f"{shop.sandbox.url}/c/pay/{session.id}"
    assert session.metadata["attempt"] == session.client_reference_id == "attempt-1"


def test_a_paid_card_gives_intent_charge_and_fee(shop):
    session = shop.session()
    said = shop.sandbox.pay(session.id, card="4242 4242 4242 4242", email="a@example.org")
    intent = shop.intent(said["payment_intent"])
    session = shop.api.checkout.sessions.retrieve(session.id)

    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details.email == "a@example.org"
    assert (intent.status, intent.amount, intent.amount_received) == ("succeeded", 12_345, 12_345)
    assert intent.metadata["attempt"] == "attempt-1" and intent.livemode is False
    charge = intent.latest_charge
    assert charge.payment_method_details.type == "card"
    assert charge.payment_method_details.card.brand == "visa"
    assert charge.payment_method_details.card.last4 == "4242"
    assert (charge.status, charge.amount_refunded, charge.refunded) == ("succeeded", 0, False)
    moved = charge.balance_transaction
    assert (moved.amount, moved.fee, moved.net) == (12_345, 388, 11_957)
    assert (moved.type, moved.reporting_category, moved.source) == ("charge", "charge", charge.id)
    assert moved.fee_details[0].amount == 388


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", None),
    ],
)
def test_a_declined_card_leaves_the_session_open_for_a_second(shop, card, code, decline):
    session = shop.session()
    first = shop.sandbox.pay(session.id, card=card)
    failed = shop.intent(first["payment_intent"])

    assert first["state"] == "declined" and failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == code and failed.last_payment_error.type == "card_error"
    assert failed.last_payment_error.to_dict().get("decline_code") == decline
    assert failed.latest_charge.status == "failed"

    second = shop.sandbox.pay(session.id)

    assert second["payment_intent"] == first["payment_intent"]
    assert shop.intent(second["payment_intent"]).status == "succeeded"
    assert len(shop.api.charges.list({"payment_intent": failed.id}).data) == 2


@pytest.mark.parametrize(
    ("proven", "status"), [(True, "succeeded"), (False, "requires_payment_method")]
)
def test_a_card_that_asks_for_a_confirmation(shop, proven, status):
    session = shop.session()
    said = shop.sandbox.pay(session.id, card="4000000000003220")
    waiting = shop.intent(said["payment_intent"])
    assert said["state"] == "asks" and waiting.status == "requires_action"
    assert waiting.next_action.redirect_to_url.url.endswith(session.id)

    shop.sandbox.pay(session.id, card="4000002500003155", proven=proven)
    after = shop.intent(said["payment_intent"])

    assert after.status == status
    if not proven:
        assert after.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_bank_debit_succeeds_four_days_later(shop):
    session = shop.session(1_000_000)
    said = shop.sandbox.pay(session.id, account="000123456789")
    session = shop.api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )

    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_intent.status == "processing"
    assert session.payment_intent.latest_charge.status == "pending"

    shop.sandbox.advance(days=3.9)
    assert shop.intent(said["payment_intent"]).status == "processing"
    shop.sandbox.advance(days=0.2)
    intent = shop.intent(said["payment_intent"])

    assert intent.status == "succeeded"
    assert shop.api.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert intent.latest_charge.id.startswith("py_")
    assert intent.latest_charge.payment_method_details.us_bank_account.last4 == "6789"
    assert (
        intent.latest_charge.balance_transaction.type,
        intent.latest_charge.balance_transaction.fee,
    ) == ("payment", 500)


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ("000222222227", "insufficient_funds"),
        ("000111111113", "account_closed"),
        ("000111111116", "no_account"),
    ],
)
def test_a_bank_debit_fails_four_days_later(shop, account, code):
    said = shop.sandbox.pay(shop.session().id, account=account)
    shop.sandbox.advance(days=4)
    intent = shop.intent(said["payment_intent"])

    assert intent.status == "requires_payment_method" and intent.amount_received == 0
    assert intent.latest_charge.failure_code == code
    assert intent.last_payment_error.decline_code == code
    session = shop.api.checkout.sessions.retrieve(said["session"])
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert shop.types()[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]

    assert shop.api.payment_intents.cancel(intent.id).status == "canceled"


def test_a_sepa_debit_is_for_euros(shop):
    session = shop.session(
        currency="eur", allowed_payment_method_types=["sepa_debit", "us_bank_account"]
    )
    assert session.payment_method_types == ["sepa_debit"]

    said = shop.sandbox.pay(session.id, account="AT61 1904 3002 3457 3201")
    shop.sandbox.settle(payment_intent=said["payment_intent"])

    charge = shop.intent(said["payment_intent"]).latest_charge
    assert charge.payment_method_details.sepa_debit.last4 == "3201"


def test_settle_can_choose_the_end_before_its_time(shop):
    said = shop.sandbox.pay(shop.session().id, account="000123456789")
    shop.sandbox.settle(payment_intent=said["payment_intent"], outcome="fails")

    assert shop.intent(said["payment_intent"]).status == "requires_payment_method"


def test_a_session_can_be_expired_and_not_paid_after(shop):
    session = shop.session()
    shop.sandbox.pay(session.id, card="4000000000000002")
    expired = shop.api.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    intent = shop.intent(expired.payment_intent)
    assert (intent.status, intent.cancellation_reason) == ("canceled", "expired")
    with pytest.raises(AssertionError, match="not open"):
        shop.sandbox.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        shop.api.checkout.sessions.expire(session.id)


def test_a_session_expires_by_itself(fresh):
    session = fresh.session(expires_at=int(time.time()) + 1900)
    fresh.sandbox.advance(seconds=1800)
    assert fresh.api.checkout.sessions.retrieve(session.id).status == "open"

    fresh.sandbox.advance(seconds=200)

    assert fresh.api.checkout.sessions.retrieve(session.id).status == "expired"
    assert fresh.types() == ["checkout.session.expired"]


def test_a_paid_session_cannot_be_expired(shop):
    session = shop.session()
    shop.sandbox.pay(session.id)

    with pytest.raises(stripe.InvalidRequestError, match="`complete`"):
        shop.api.checkout.sessions.expire(session.id)


def test_the_intent_of_an_open_session_is_not_canceled_by_itself(shop):
    said = shop.sandbox.pay(shop.session().id, card="4000000000000002")

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        shop.api.payment_intents.cancel(said["payment_intent"])


def test_a_customer_is_made_when_asked_for(shop):
    session = shop.session(customer_creation="always")
    shop.sandbox.pay(session.id, email="b@example.org")
    session = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})

    assert session.customer.email == "b@example.org"
    assert [
        one.id for one in shop.api.payment_intents.list({"customer": session.customer.id}).data
    ] == [session.payment_intent]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"line_items": []}, "line_items"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"expires_at": 1}, "expires_at"),
        ({"expires_at": 9_999_999_999}, "expires_at"),
        ({"surprise": "x"}, "surprise"),
        ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types"),
        ({"metadata": {"x": "y" * 501}}, "metadata[x]"),
        ({"customer": "cus_nobody"}, "customer"),
    ],
)
def test_what_stripe_refuses_is_refused(shop, more, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.api.checkout.sessions.create(asked(**more))

    assert refusal.value.param == param


def test_the_parameter_that_this_version_dropped_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.session(payment_method_types=["card"])

    assert refusal.value.code == "payment_method_types_no_longer_supported"


def test_too_small_an_amount_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.session(49)

    assert refusal.value.code == "amount_too_small"


@pytest.mark.parametrize("number", ["4242424242424241", "4111111111111111", "12", "abc"])
def test_only_test_cards_are_taken(shop, number):
    with pytest.raises(AssertionError, match="400"):
        shop.sandbox.pay(shop.session().id, card=number)

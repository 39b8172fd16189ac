"""The driver against the sandbox process: the library, the wire, and every kind of bad answer."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
import stripe
from django.db import transaction

from core import clock
from payments.gateway import Absent, Refused, Unanswered
from payments.providers.guard import InTransaction
from payments.providers.stripe import client, errors, parse
from payments.providers.stripe.client import StripeGateway
from tests.sandbox.running import KEY, start

CREATE = "POST /v1/checkout/sessions"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture
def driver(sandbox, settings):
    settings.STRIPE_CHECKOUT_ORIGIN = sandbox.url
    sandbox.faults([])
    return StripeGateway(KEY, sandbox.url)


def asked(amount=5812, method="card", **more):
    metadata = {"attempt": "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "environment": "test"}
    name = {"name": "Bill B-2026-000001"}
    price = {"currency": "usd", "unit_amount": amount, "product_data": name}
    return {
        "mode": "payment",
        "client_reference_id": "1b4e28ba",
        "line_items": [{"quantity": 1, "price_data": price}],
        "allowed_payment_method_types": [method],
        "success_url": "http://127.0.0.1:1/pay/K7QP/",
        "cancel_url": "http://127.0.0.1:1/pay/K7QP/?back=1",
        "expires_at": int(time.time()) + 3600,
        "locale": "en",
        "customer_email": "ada@example.com",
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        **more,
    }


keys = iter(f"test:{n}:session:1" for n in range(10**6))


def opened(driver, **more):
    return driver.create_session(asked(**more), key=next(keys))


def paid(driver, sandbox, **how):
    session = opened(driver)
    sandbox.pay(session.id, **how)
    return driver.intent(driver.session(session.id).intent_id)


def test_a_page_is_made_and_read_again(driver):
    session = opened(driver)

    assert driver.session(session.id) == session
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount, session.currency, session.intent_id) == (5812, "USD", None)
    assert session.url.startswith("http")
    assert session.metadata["environment"] == "test"
    assert session.expires_at - clock.real_now() > timedelta(minutes=55)


@pytest.mark.parametrize("origin", ["https://checkout.stripe.com", "http://127.0.0.1"])
def test_a_page_that_lies_elsewhere_is_no_answer(driver, settings, origin):
    settings.STRIPE_CHECKOUT_ORIGIN = origin

    with pytest.raises(Unanswered, match="elsewhere"):
        opened(driver)


def test_a_paid_card_shows_its_charge_and_fee(driver, sandbox):
    intent = paid(driver, sandbox)

    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 5812, "USD")
    assert (intent.charge.method, intent.charge.instrument) == ("card", "Visa 4242")
    assert intent.charge.balance.net == 5812 - intent.charge.balance.fee
    assert driver.charge_intent_id(intent.charge.id) == intent.id
    assert [s.intent_id for s in driver.sessions_of(intent.id)] == [intent.id]


def test_a_bank_debit_is_processing_and_then_succeeds(driver, sandbox):
    session = opened(driver, method="us_bank_account")
    sandbox.pay(session.id, account="000123456789")
    intent = driver.intent(driver.session(session.id).intent_id)
    assert (intent.status, intent.charge.method) == ("processing", "bank_debit")

    sandbox.settle(payment_intent=intent.id)

    assert driver.intent(intent.id).status == "succeeded"
    assert driver.session(session.id).payment_status == "paid"


def test_refund_dispute_payout_and_balance_are_read(driver, sandbox):
    intent = paid(driver, sandbox)
    refund = driver.create_refund(
        {"payment_intent": intent.id, "amount": 1000, "metadata": {"refund": "1"}}, key=next(keys)
    )
    assert (refund.amount, refund.intent_id, refund.balance.amount) == (1000, intent.id, -1000)
    assert driver.refund(refund.id).metadata == {"refund": "1"}
    assert [r.id for r in driver.refunds_of(intent.id)] == [refund.id]

    other = paid(driver, sandbox)
    sandbox.dispute(other.id)
    [dispute] = driver.disputes_of(other.id)
    assert driver.dispute(dispute.id) == dispute
    assert (dispute.intent_id, dispute.balances[0].amount) == (other.id, -5812)

    third = paid(driver, sandbox)
    made = sandbox.pay_out()
    payout = driver.payout(made[0]["id"])
    assert payout.balance.amount == -payout.amount
    tied = {balance.id for balance in driver.balances_of_payout(payout.id)}
    assert third.charge.balance.id in tied


def test_lists_go_over_pages_without_a_gap(driver, sandbox, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 2)
    before = clock.real_now() - timedelta(minutes=5)
    made = {opened(driver).id for _ in range(5)}
    intent = paid(driver, sandbox)

    assert made <= {session.id for session in driver.sessions_since(before)}
    assert intent in list(driver.intents_since(before))
    assert intent.charge.balance in list(driver.balances_since(before))
    assert list(driver.refunds_since(before)) == list(driver.refunds_since(before))
    list(driver.disputes_since(before)), list(driver.payouts_since(before))
    assert any(event.object_id == intent.id for event in driver.events_since(before))
    assert driver.account_id().startswith("acct_")


def test_the_same_key_makes_one_page(driver, sandbox):
    body, key = asked(), next(keys)

    first, second = driver.create_session(body, key=key), driver.create_session(body, key=key)

    assert first.id == second.id


def test_the_same_key_with_another_body_is_our_bug(driver, caplog):
    key = next(keys)
    driver.create_session(asked(), key=key)

    with pytest.raises(Refused) as refusal:
        driver.create_session(asked(amount=1), key=key)
    assert refusal.value.code == errors.OUR_BUG
    assert "provider.key_reused" in caplog.text


def test_what_does_not_exist_is_absent(driver):
    with pytest.raises(Absent):
        driver.session("cs_test_nothing")
    with pytest.raises(Absent):
        driver.intent("pi_nothing")


def test_a_page_that_is_over_cannot_be_closed(driver, sandbox):
    session = opened(driver)
    assert driver.expire_session(session.id, key=next(keys)).status == "expired"

    with pytest.raises(Refused):
        driver.expire_session(session.id, key=next(keys))


def test_a_wrong_key_of_ours_is_refused_and_not_told(sandbox, caplog):
    with pytest.raises(Refused) as refusal:
        StripeGateway("sk_test_wrong_secret", sandbox.url).session("cs_test_1")

    assert refusal.value.code == errors.KEY_REFUSED
    assert "secret" not in str(refusal.value) + caplog.text


@pytest.mark.parametrize(
    ("kind", "is_made"),
    [
        ("error_before", False),
        ("rate_limit", False),
        ("reset_before", False),
        ("reset", True),
        ("garbage", True),
        ("wrong_body", True),
        ("error_after", True),
    ],
)
def test_a_lost_answer_is_asked_for_again_under_the_same_key(driver, sandbox, kind, is_made):
    before = pages(sandbox)
    sandbox.faults([{"where": CREATE, "kind": kind}])
    body, key = asked(), next(keys)
    with pytest.raises(Unanswered):
        driver.create_session(body, key=key)
    assert pages(sandbox) - before == is_made

    sandbox.faults([])
    if kind == "error_after":  # Stripe remembers its own 500 under the key
        with pytest.raises(Unanswered):
            driver.create_session(body, key=key)
    else:
        assert driver.create_session(body, key=key).status == "open"
    assert pages(sandbox) - before == 1


def pages(sandbox) -> int:
    return len(sandbox.books()["sessions"])


def test_one_lost_answer_is_asked_for_again_by_the_library(driver, sandbox):
    sandbox.faults([{"where": CREATE, "kind": "reset", "times": 1}])

    assert opened(driver).status == "open"


def test_a_silent_server_costs_its_time_limit_and_no_more(driver, sandbox, monkeypatch):
    monkeypatch.setattr(client, "READ_SECONDS", 0.3)
    hasty = StripeGateway(KEY, sandbox.url)
    sandbox.faults([{"where": CREATE, "kind": "timeout", "seconds": 3}])
    began = time.monotonic()

    with pytest.raises(Unanswered):
        hasty.create_session(asked(), key=next(keys))

    assert time.monotonic() - began < 3


def test_nobody_listens(sandbox):
    with pytest.raises(Unanswered):
        StripeGateway(KEY, "http://127.0.0.1:9").session("cs_test_1")


@pytest.mark.django_db(transaction=True)
def test_no_call_goes_out_inside_a_transaction(driver):
    with transaction.atomic(), pytest.raises(InTransaction):
        driver.session("cs_test_1")


def test_nothing_secret_is_logged_and_nothing_is_reported(driver, sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    session = opened(driver)
    sandbox.pay(session.id)
    driver.session(session.id)

    assert stripe.enable_telemetry is False
    for secret in (KEY, "ada@example.com", "4242424242424242"):
        assert secret not in caplog.text


# --- what a server may say that is not Stripe's


def failing(kind, status, **more):
    return kind("words", http_status=status, **more)


def refused(status, code):
    return stripe.InvalidRequestError("words", None, code=code, http_status=status)


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (stripe.APIConnectionError("lost"), Unanswered),
        (failing(stripe.APIError, 500), Unanswered),
        (failing(stripe.APIError, 409), Unanswered),
        (failing(stripe.APIError, 200), Unanswered),
        (failing(stripe.APIError, 404), Unanswered),
        (failing(stripe.RateLimitError, 429), Unanswered),
        (refused(404, "resource_missing"), Absent),
        (refused(400, "resource_missing"), Absent),
        (refused(404, None), Unanswered),
        (refused(400, "amount_too_small"), Refused),
        (failing(stripe.IdempotencyError, 400), Refused),
        (failing(stripe.AuthenticationError, 401), Refused),
        (failing(stripe.PermissionError, 403), Refused),
    ],
)
def test_errors_become_one_of_three(error, ours):
    assert type(errors.translated(error)) is ours


SESSION = {
    "object": "checkout.session",
    "id": "cs_test_1",
    "status": "open",
    "payment_status": "unpaid",
    "url": "https://checkout.stripe.com/c/pay/cs_test_1",
    "payment_intent": None,
    "amount_total": 5812,
    "currency": "usd",
    "expires_at": 1_800_000_000,
    "created": 1_799_990_000,
    "livemode": False,
    "metadata": {},
}


@pytest.mark.parametrize(
    "change",
    [
        {"object": "payment_intent"},
        {"id": "pi_1"},
        {"id": None},
        {"status": "sold"},
        {"amount_total": "5812"},
        {"amount_total": True},
        {"amount_total": 10**40},
        {"currency": "dollars"},
        {"url": "javascript:alert(1)"},
        {"expires_at": 10**20},
        {"livemode": None},
        {"metadata": None},
        {"payment_intent": "cs_1"},
        {"payment_intent": 7},
    ],
    ids=str,
)
def test_what_is_unlike_a_page_is_no_answer(change):
    assert parse.session(SESSION).amount == 5812

    with pytest.raises(parse.Unlike):
        parse.session(SESSION | change)


@pytest.mark.parametrize(
    "body", [None, [], "ok", 7, {}, {"object": "list"}, {"data": [{}], "object": "list"}], ids=str
)
def test_no_body_breaks_the_driver(driver, monkeypatch, body):
    monkeypatch.setattr(
        driver._api.checkout.sessions,
        "retrieve",
        lambda *args: SimpleNamespace(last_response=SimpleNamespace(data=body)),
    )
    with pytest.raises(Unanswered):
        driver.session("cs_test_1")


def test_another_object_than_the_one_asked_for_is_no_answer(driver, monkeypatch, settings):
    settings.STRIPE_CHECKOUT_ORIGIN = "https://checkout.stripe.com"
    monkeypatch.setattr(
        driver._api.checkout.sessions,
        "retrieve",
        lambda *args: SimpleNamespace(last_response=SimpleNamespace(data=SESSION)),
    )
    assert driver.session("cs_test_1").amount == 5812
    with pytest.raises(Unanswered):
        driver.session("cs_test_2")

"""Every fault on request, each seen through the library of production."""

from __future__ import annotations

import json
import threading
import time

import pytest
import stripe

from tests.sandbox.running import start
from tests.sandbox.shop import Shop, client_of

SESSIONS = "POST /v1/checkout/sessions"


def made(shop):
    return len(shop.sandbox.books()["sessions"])


@pytest.mark.parametrize(
    ("kind", "error", "effects"),
    [
        ("error_before", stripe.APIError, 0),
        ("error_after", stripe.APIError, 1),
        ("rate_limit", stripe.RateLimitError, 0),
        ("reset_before", stripe.APIConnectionError, 0),
        ("reset", stripe.APIConnectionError, 1),
        ("garbage", stripe.APIError, 1),
    ],
)
def test_an_answer_is_lost(shop, kind, error, effects):
    before = made(shop)
    shop.sandbox.faults([{"where": SESSIONS, "kind": kind, "times": 1}])

    with pytest.raises(error):
        shop.session(key=f"lost-{kind}")

    assert made(shop) == before + effects and shop.sandbox.struck() == [1]


@pytest.mark.parametrize("kind", ["reset_before", "error_before", "rate_limit", "reset", "garbage"])
def test_the_same_key_heals_a_lost_answer(shop, kind):
    before = made(shop)
    shop.sandbox.faults([{"where": SESSIONS, "kind": kind, "times": 1}])
    with pytest.raises(stripe.StripeError):
        shop.session(key=f"heals-{kind}")

    assert shop.session(key=f"heals-{kind}").status == "open"
    assert made(shop) == before + 1


def test_an_error_after_the_effect_is_stored_and_only_a_list_finds_the_effect(shop):
    shop.sandbox.faults([{"where": SESSIONS, "kind": "error_after", "times": 1}])
    for replayed in (None, "true"):
        with pytest.raises(stripe.APIError) as error:
            shop.session(key="after", client_reference_id="lost-one")
        assert error.value.http_status == 500
        assert error.value.headers.get("Idempotent-Replayed") == replayed

    assert shop.api.checkout.sessions.list({"limit": 1}).data[0].client_reference_id == "lost-one"


def test_a_wrong_body_is_an_answer_to_something_else(shop):
    shop.sandbox.faults([{"where": SESSIONS, "kind": "wrong_body", "times": 1}])

    assert shop.session(key="wrong").object == "list"
    assert shop.session(key="wrong").object == "checkout.session"


def test_a_delay_and_a_timeout(shop):
    patient = client_of(shop.sandbox, http_client=stripe.RequestsClient(timeout=0.5))
    shop.sandbox.faults([{"where": "GET /v1/balance", "kind": "delay", "seconds": 0.2, "times": 1}])
    began = time.monotonic()
    patient.v1.balance.retrieve()
    assert time.monotonic() - began >= 0.2

    intent = shop.paid()
    shop.sandbox.faults(
        [{"where": "POST /v1/refunds", "kind": "timeout", "seconds": 3, "times": 1}]
    )
    with pytest.raises(stripe.APIConnectionError):
        patient.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "late"})
    found = patient.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "late"})
    assert found.amount == 12_345


def test_the_library_tries_again_by_itself(shop):
    shop.sandbox.faults([{"where": SESSIONS, "kind": "reset", "times": 2}])
    before = made(shop)
    stubborn = client_of(shop.sandbox, max_network_retries=3)

    assert Shop.session(_with(shop, stubborn), key="stubborn").id
    assert made(shop) == before + 1 and shop.sandbox.struck() == [2]


def test_chance_is_seeded(shop):
    def outcomes(seed):
        shop.sandbox.faults(
            [{"where": "GET *", "kind": "rate_limit", "probability": 0.5}], seed=seed
        )
        return [_is_limited(shop) for _ in range(20)]

    first = outcomes(7)
    assert outcomes(7) == first and 2 < sum(first) < 18
    assert outcomes(8) != first


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"where": "GET *", "kind": "drop"},
        {"where": "webhook", "kind": "reset"},
        {"where": "payment", "kind": "delay"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(shop, fault):
    with pytest.raises(AssertionError, match="400"):
        shop.sandbox.faults([fault])


def test_less_money_or_other_money_arrives(shop):
    shop.sandbox.faults(
        [{"where": "payment", "kind": "partial_amount", "amount": 5_000, "times": 1}]
    )
    part = shop.paid()
    assert (part.amount, part.amount_received, part.latest_charge.amount) == (12_345, 5_000, 5_000)
    assert part.latest_charge.balance_transaction.amount == 5_000

    shop.sandbox.faults([{"where": "payment", "kind": "other_currency", "times": 1}])
    other = shop.paid()
    assert (other.currency, other.latest_charge.balance_transaction.currency) == ("eur", "eur")


@pytest.fixture
def posted(tmp_path, receiver):
    running = start(tmp_path, receiver.url, more=["--webhook-retries", "0.1,0.2,0.4"])
    yield Shop(running)
    running.stop()


def ids(letters):
    return [json.loads(letter.body)["id"] for letter in letters]


def test_webhooks_are_dropped_doubled_and_tripled(posted, receiver):
    posted.sandbox.faults(
        [
            {"where": "webhook charge.succeeded", "kind": "drop"},
            {"where": "webhook payment_intent.succeeded", "kind": "double"},
            {"where": "webhook checkout.session.completed", "kind": "triple"},
        ]
    )
    posted.paid()
    letters = receiver.wait_for(7)
    time.sleep(0.3)

    types = sorted(letter.event().type for letter in receiver.letters)
    assert (
        types.count("checkout.session.completed") == 3
        and types.count("payment_intent.succeeded") == 2
    )
    assert "charge.succeeded" not in types and len(letters) == 7
    assert "charge.succeeded" in posted.types()  # only the list of events still knows it


def test_webhooks_are_late_until_delivered_and_then_in_any_order(posted, receiver):
    posted.sandbox.faults([{"where": "webhook", "kind": "late", "seconds": 3600}], seed=3)
    posted.paid()
    time.sleep(0.5)
    assert receiver.letters == []

    assert posted.sandbox.deliver(shuffle=True) == {"sent": 5, "taken": 5}
    assert sorted(ids(receiver.letters)) == sorted(
        event.id for event in posted.api.events.list().data
    )


def test_webhooks_are_shuffled(posted, receiver):
    posted.sandbox.faults([{"where": "webhook", "kind": "shuffle", "seconds": 1}], seed=5)
    for _ in range(3):
        posted.paid()
    arrived = ids(receiver.wait_for(15))

    written = [event.id for event in reversed(posted.api.events.list({"limit": 100}).data)]
    assert arrived != written and sorted(arrived) == sorted(written)


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_webhooks_are_signed_at_another_time(posted, receiver, seconds):
    posted.sandbox.faults([{"where": "webhook", "kind": "skew", "seconds": seconds}])
    posted.paid()
    letter = receiver.wait_for(5)[0]

    signed = int(letter.signature.split(",")[0].removeprefix("t="))
    assert abs(signed - time.time() - seconds) < 30
    if seconds < 0:
        with pytest.raises(stripe.SignatureVerificationError, match="Timestamp"):
            letter.event()


@pytest.mark.parametrize("kind", ["unsigned", "forged"])
def test_webhooks_without_a_good_signature(posted, receiver, kind):
    posted.sandbox.faults([{"where": "webhook", "kind": kind}])
    posted.paid()

    with pytest.raises(stripe.SignatureVerificationError):
        receiver.wait_for(5)[0].event()


def _with(shop, client):
    other = Shop(shop.sandbox)
    other.client, other.api = client, client.v1
    return other


def _is_limited(shop):
    try:
        shop.api.balance.retrieve()
    except stripe.RateLimitError:
        return True
    return False


def test_a_hundred_connections_at_once(shop):
    errors = []

    def ask():
        try:
            client = client_of(shop.sandbox)
            for _ in range(3):
                client.v1.balance.retrieve()
        except stripe.StripeError as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []

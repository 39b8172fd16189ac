"""One effect for each key, whatever happened to the answers."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest
import stripe

from tests.sandbox.shop import asked


def made(shop):
    return len(shop.sandbox.books()["sessions"])


def test_a_repeat_gets_the_stored_answer(shop):
    before = made(shop)
    first = shop.session(key="one")
    shop.sandbox.pay(first.id)
    again = shop.session(key="one")

    assert again.id == first.id and again.status == "open"  # the answer of then
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert made(shop) == before + 1


def test_a_key_belongs_to_its_parameters_and_its_address(shop):
    intent = shop.paid()
    shop.session(key="two")

    with pytest.raises(stripe.IdempotencyError) as refusal:
        shop.session(54_321, key="two")
    assert refusal.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        shop.api.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "two"})


def test_a_refusal_by_state_is_stored_and_one_of_the_parameters_is_not(shop):
    intent = shop.paid()
    above = {"payment_intent": intent.id, "amount": 99_999}
    for replayed in (None, "true"):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.api.refunds.create(above, {"idempotency_key": "three"})
        assert refusal.value.headers.get("Idempotent-Replayed") == replayed
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.session(1, key="four")
        assert refusal.value.headers.get("Idempotent-Replayed") is None
    assert shop.session(key="four").id


def test_two_at_once_with_one_key_are_one_effect_and_a_conflict(shop):
    before = made(shop)
    shop.sandbox.faults(
        [{"where": "POST /v1/checkout/sessions", "kind": "delay", "seconds": 0.5, "times": 1}]
    )
    found = []

    def ask():
        try:
            found.append(shop.session(key="five").id)
        except stripe.StripeError as error:
            found.append(error.http_status)

    first = threading.Thread(target=ask)
    first.start()
    time.sleep(0.2)
    ask()
    first.join()

    assert found[0] == 409 and str(found[1]).startswith("cs_test_")
    assert made(shop) == before + 1
    assert shop.session(key="five").id == found[1]  # a conflict is not stored


def test_many_at_once_with_one_key_are_one_effect(shop):
    before = made(shop)
    found = []

    def ask():
        client = stripe.StripeClient(
            shop.sandbox.key, base_addresses={"api": shop.sandbox.url}, max_network_retries=8
        )
        found.append(client.v1.checkout.sessions.create(asked(), {"idempotency_key": "six"}).id)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20 and len(set(found)) == 1 and made(shop) == before + 1


def test_a_key_is_forgotten_after_a_day(fresh):
    first = fresh.session(key="seven")
    with sqlite3.connect(fresh.sandbox.folder / "sandbox.sqlite3") as books:
        books.execute("UPDATE answers SET kept_at = kept_at - 90000")

    assert fresh.session(key="seven").id != first.id

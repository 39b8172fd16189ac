"""What holds for every address: keys, errors, pages of lists, expand, events."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request

import pytest
import stripe

from tests.sandbox.shop import client_of

VERSION = "2026-10-28.endive"


def answered(shop, path, **headers):
    request = urllib.request.Request(shop.sandbox.url + path, headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        return error


def test_a_wrong_key_is_refused(shop):
    shop.sandbox.key, right = "sk_test_wrong", shop.sandbox.key
    try:
        with pytest.raises(stripe.AuthenticationError):
            client_of(shop.sandbox).v1.accounts.retrieve_current()
    finally:
        shop.sandbox.key = right
    assert answered(shop, "/v1/account").status == 401


def test_the_key_may_come_as_bearer_or_basic(shop):
    basic = base64.b64encode(f"{shop.sandbox.key}:".encode()).decode()

    for header in (f"Bearer {shop.sandbox.key}", f"Basic {basic}"):
        said = answered(shop, "/v1/account", Authorization=header, **{"Stripe-Version": VERSION})
        assert said.status == 200 and said.headers["Stripe-Version"] == VERSION
        assert said.headers["Request-Id"].startswith("req_")
    assert answered(shop, "/v1/account", Authorization="Basic %%%").status == 401


def test_what_is_not_there_is_missing(shop):
    for ask in (
        lambda: shop.api.payment_intents.retrieve("pi_nothing"),
        lambda: shop.api.refunds.retrieve("re_nothing"),
        lambda: shop.api.checkout.sessions.retrieve("cs_test_nothing"),
        lambda: shop.api.events.list({"starting_after": "evt_nothing"}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            ask()
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    said = answered(shop, "/v1/nothing", Authorization=f"Bearer {shop.sandbox.key}")
    assert said.status == 404


def test_an_identifier_of_another_kind_is_missing_too(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.payment_intents.retrieve(shop.session().id)


def test_lists_are_newest_first_and_paged(fresh):
    made = [fresh.session().id for _ in range(7)]
    sessions = fresh.api.checkout.sessions

    first = sessions.list({"limit": 3})
    assert [one.id for one in first.data] == made[:3:-1] and first.has_more is True
    second = sessions.list({"limit": 3, "starting_after": first.data[-1].id})
    assert [one.id for one in second.data] == made[3:0:-1] and second.has_more is True
    back = sessions.list({"limit": 3, "ending_before": second.data[0].id})
    assert [one.id for one in back.data] == made[:3:-1]
    assert [one.id for one in sessions.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_lists_are_narrowed(fresh):
    start = fresh.sandbox.advance()
    old = fresh.paid()
    fresh.sandbox.advance(days=2)
    new = fresh.paid(card="4000000000000259")
    later = int(start) + 86_400

    assert [one.id for one in fresh.api.payment_intents.list({"created": {"gte": later}}).data] == [
        new.id
    ]
    assert [one.id for one in fresh.api.payment_intents.list({"created": {"lte": later}}).data] == [
        old.id
    ]
    assert len(fresh.api.checkout.sessions.list({"payment_intent": old.id}).data) == 1
    assert len(fresh.api.checkout.sessions.list({"status": "open"}).data) == 0
    assert {one.type for one in fresh.api.balance_transactions.list({"type": "charge"}).data} == {
        "charge"
    }
    kinds = fresh.api.events.list(
        {"types": ["payment_intent.succeeded", "charge.succeeded"], "created": {"gte": later}}
    )
    assert [one.type for one in kinds.data] == ["payment_intent.succeeded", "charge.succeeded"]
    assert len(fresh.api.events.list({"type": "checkout.session.completed"}).data) == 2


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 101}, {"created": {"since": 1}}, {"wrong": 1}]
)
def test_bad_lists_are_refused(shop, asked):
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.payment_intents.list(asked)


def test_expand_goes_into_lists_and_down(shop):
    intent = shop.paid()
    page = shop.api.payment_intents.list(
        {"limit": 1, "expand": ["data.latest_charge.balance_transaction"]}
    )
    assert page.data[0].id == intent.id
    assert page.data[0].latest_charge.balance_transaction.net == 11_957

    session = shop.api.checkout.sessions.list(
        {"payment_intent": intent.id, "expand": ["data.line_items", "data.payment_intent"]}
    ).data[0]
    assert session.line_items.data[0].description == "Statement 2026-000123"
    moved = shop.api.balance_transactions.list({"limit": 1, "expand": ["data.source"]}).data[0]
    assert moved.source.object == "charge"


@pytest.mark.parametrize("path", ["status", "nothing", "a.b.c.d.e", "latest_charge.amount"])
def test_what_cannot_be_expanded_is_refused(shop, path):
    intent = shop.paid()

    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.api.payment_intents.retrieve(intent.id, {"expand": [path]})


def test_the_events_of_a_card_payment(fresh):
    said = fresh.sandbox.pay(fresh.session().id)

    assert fresh.types() == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
        "checkout.session.completed", "charge.updated",
    ]  # fmt: skip
    event = fresh.api.events.list({"type": "payment_intent.succeeded"}).data[0]
    assert event.api_version == VERSION and event.livemode is False
    assert event.data.object.id == said["payment_intent"] and event.request.id is None
    assert fresh.api.events.retrieve(event.id).data.object.status == "succeeded"
    updated = fresh.api.events.list({"type": "charge.updated"}).data[0]
    assert updated.data.previous_attributes.to_dict() == {"balance_transaction": None}


def test_an_event_is_a_snapshot_and_names_its_request(fresh):
    intent = fresh.paid()
    key = {"idempotency_key": "refund-1"}
    fresh.api.refunds.create({"payment_intent": intent.id, "amount": 100}, key)
    fresh.api.refunds.create({"payment_intent": intent.id, "amount": 200})

    last, first = fresh.api.events.list({"type": "charge.refunded"}).data
    assert (first.data.object.amount_refunded, last.data.object.amount_refunded) == (100, 300)
    assert first.request.idempotency_key == "refund-1" and first.request.id.startswith("req_")


def test_the_account(shop):
    account = shop.api.accounts.retrieve_current()

    assert account.charges_enabled is True and account.id.startswith("acct_")

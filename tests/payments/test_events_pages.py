"""Finance sees what the provider told us, and decides about dead letters."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from payments import gateway
from payments.access import events as access
from payments.models import ProviderEvent
from payments.operations import inbox
from payments.providers.stripe import webhook
from tests.accounts.factories import make_user
from tests.payments.webhooks import Rung, body
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
LIST = "/desk/events/"


@pytest.fixture(autouse=True)
def world(monkeypatch):
    make_world()
    monkeypatch.setattr(gateway, "gateway", Rung)


def arrive(n=1, **changes):
    """Receive `n` events, a second apart, and return the newest."""
    for number in range(n):
        view = webhook.read(json.dumps(body(**changes)))
        inbox.receive(view, source="webhook", received_at=NOW + timedelta(seconds=number))
    return ProviderEvent.objects.order_by("-received_at").first()


def kill(event):
    ProviderEvent.objects.filter(pk=event.pk).update(state="dead", error="ValueError: a <bug>")


def page_of(event, name="event"):
    return reverse(f"payments:{name}", args=[event.uid])


@pytest.mark.parametrize("role", ["finance", "administrator"])
def test_finance_and_administrators_see_events(client, role):
    event = arrive()
    client.force_login(make_staff(role))

    listed, shown = client.get(LIST), client.get(page_of(event))

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "payout.paid" in listed.text and event.pk in shown.text


@pytest.mark.parametrize("role", ["support", "cashier", "billing_manager", "meter_employee"])
def test_others_of_the_staff_see_none(client, role):
    event = arrive()
    client.force_login(make_staff(role))

    pages = [LIST, page_of(event), page_of(event, "event_dismiss")]
    assert {client.get(page).status_code for page in pages} == {404}


def test_customers_and_strangers_see_none(client):
    assert client.get(LIST).status_code == 302
    client.force_login(make_user())
    assert client.get(LIST).status_code == 404


def test_the_newest_come_first_and_pages_go_on_by_key(client, monkeypatch):
    monkeypatch.setattr(access, "PAGE_SIZE", 2)
    arrive(5)
    client.force_login(make_staff("finance"))
    seen, where = [], LIST
    for _ in range(3):
        page = client.get(where).context["page"]
        seen += [row.received_at for row in page.rows]
        where = f"{LIST}?before={page.older}".replace("+", "%2B")

    assert seen == sorted(seen, reverse=True) and len(seen) == 5
    assert page.older == ""


def test_events_of_one_moment_are_all_shown(client, monkeypatch):
    monkeypatch.setattr(access, "PAGE_SIZE", 2)
    for _ in range(5):
        arrive()
    client.force_login(make_staff("finance"))

    first = client.get(LIST).context["page"]
    link = client.get(LIST).text.split('rel="next" href="')[1].split('"')[0]
    second = client.get(LIST + link.replace("&amp;", "&")).context["page"]

    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("place", ["x", "2026-11-10", "2026-11-10T12:00:00~a", "~", "%00~%00"])
def test_a_typed_place_is_not_found(client, place):
    client.force_login(make_staff("finance"))

    assert client.get(f"{LIST}?before={place}").status_code == 404


def test_a_state_filters_and_an_unknown_one_does_not(client):
    kill(arrive())
    arrive(livemode=True)
    client.force_login(make_staff("finance"))

    def shown(state):
        return [row.state for row in client.get(LIST, {"state": state}).context["page"].rows]

    assert (shown("dead"), shown("ignored"), shown("received")) == (["dead"], ["ignored"], [])
    assert len(shown("nonsense")) == 2


@pytest.mark.parametrize("n", [1, 3])
def test_a_list_takes_the_same_queries_whatever_its_length(client, n, django_assert_num_queries):
    arrive(n)
    client.force_login(make_staff("finance"))
    client.get(LIST)

    with django_assert_num_queries(8):  # with factor and own accounts
        client.get(LIST)


def test_the_body_is_not_shown_but_for_what_names_nobody(client):
    values = body()
    values["data"]["object"] |= {
        "currency": "usd",
        "status": "paid",
        "receipt_email": "payer@example.org",
        "metadata": {"reference": "P-77", "account": "1000-1"},
    }
    inbox.receive(webhook.read(json.dumps(values)), source="webhook", received_at=NOW)
    client.force_login(make_staff("finance"))

    page = client.get(page_of(ProviderEvent.objects.get())).text

    assert "$58.12" in page and "P-77" in page
    assert "payer@example.org" not in page and "livemode" not in page


@pytest.mark.parametrize(
    "thing",
    [
        {"amount": "much", "currency": 7},
        {"amount": 5, "currency": "<script>"},
        {"amount": 5, "currency": "zzz"},
        {"amount": 10**30, "currency": "usd"},
        {"amount": True, "currency": "usd"},
        {"metadata": [], "status": {}},
    ],
)
def test_an_odd_body_has_a_page(client, thing):
    values = body()
    values["data"]["object"] |= thing
    inbox.receive(webhook.read(json.dumps(values)), source="webhook", received_at=NOW)
    client.force_login(make_staff("finance"))

    page = client.get(page_of(ProviderEvent.objects.get()))

    assert page.status_code == 200 and "<script>" not in page.text.split("<main")[1]


def test_finance_tries_a_dead_letter_again(client):
    event = arrive()
    kill(event)
    client.force_login(make_staff("finance"))

    shown = client.get(page_of(event)).text
    client.post(page_of(event, "event_retry"))

    event.refresh_from_db()
    assert "Try again" in shown and "a &lt;bug&gt;" in shown
    assert (event.state, event.error) == ("received", "")


def test_finance_dismisses_a_dead_letter_with_a_reason(client):
    event = arrive()
    kill(event)
    client.force_login(make_staff("finance"))
    page = page_of(event, "event_dismiss")

    asked = client.get(page)
    without = client.post(page, {"reason": ""})
    answer = client.post(page, {"reason": "seen to by hand"})

    event.refresh_from_db()
    assert (asked.status_code, without.status_code) == (200, 422)
    assert answer.url == page_of(event)
    assert (event.state, event.reason) == ("ignored", "seen to by hand")
    assert "seen to by hand" in client.get(page_of(event)).text


def test_who_comes_late_is_told_so(client):
    event = arrive()
    client.force_login(make_staff("finance"))

    again = client.post(page_of(event, "event_retry"), follow=True)
    away = client.post(page_of(event, "event_dismiss"), {"reason": "why not"}, follow=True)

    assert "waits already" in again.text and "no dead letter any more" in away.text
    event.refresh_from_db()
    assert event.state == "received"


def test_an_administrator_sees_and_does_not_decide(client):
    event = arrive()
    kill(event)
    client.force_login(make_staff("administrator"))

    assert "Try again" not in client.get(page_of(event)).text
    assert client.post(page_of(event, "event_retry")).status_code == 404
    assert client.post(page_of(event, "event_dismiss"), {"reason": "x"}).status_code == 404
    event.refresh_from_db()
    assert event.state == "dead"


def test_trying_again_is_a_post(client):
    client.force_login(make_staff("finance"))

    assert client.get(page_of(arrive(), "event_retry")).status_code == 405

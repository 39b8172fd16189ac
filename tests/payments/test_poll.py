"""Polling finds what no webhook brought, once, wherever the provider's clock stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.models import Job
from payments import gateway
from payments.gateway import Unanswered
from payments.models import PaymentCase, ProviderEvent
from payments.operations import inbox
from payments.operations.poll import poll
from payments.providers.stripe import webhook
from tests.payments.webhooks import Rung, body, states

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Listed(Rung):
    """A provider that remembers its events; `breaks_after` so many of them it goes silent."""

    def __init__(self):
        self.events, self.asked, self.breaks_after = [], [], None

    def happen(self, at, **changes):
        values = body(created=int(at.timestamp()), **changes)
        self.events.append(webhook.read(json.dumps(values)))
        return self.events[-1]

    def events_since(self, moment):
        self.asked.append(moment)
        listed = sorted(self.events, key=lambda e: e.created_at, reverse=True)
        for number, event in enumerate(e for e in listed if e.created_at >= moment):
            if number == self.breaks_after:
                raise Unanswered("time-out")
            yield event


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    listed = Listed()
    monkeypatch.setattr(gateway, "gateway", lambda: listed)
    return listed


def test_dropped_webhooks_are_found_and_those_that_came_are_not_doubled(provider):
    events = [provider.happen(NOW - n * HOUR) for n in range(10)]
    for event in events[::2]:
        inbox.receive(event, source="webhook", received_at=NOW)

    assert poll(now=NOW) == 5
    assert poll(now=NOW) == 0
    assert set(states()) == {event.id for event in events}
    assert ProviderEvent.objects.filter(source="poll").count() == 5
    assert not PaymentCase.objects.exists()


def test_the_first_poll_asks_for_all_that_the_provider_keeps(provider):
    poll(now=NOW)

    assert provider.asked == [NOW - 30 * DAY]


def test_the_next_poll_asks_from_the_newest_event_it_was_shown(provider):
    provider.happen(NOW - 3 * HOUR)
    provider.happen(NOW - 2 * HOUR)
    poll(now=NOW)

    poll(now=NOW + HOUR)

    assert provider.asked[1] == NOW - 2 * HOUR - HOUR


def test_a_webhook_that_came_does_not_hide_those_before_it_that_did_not(provider):
    provider.happen(NOW)
    poll(now=NOW)
    lost = provider.happen(NOW + 2 * HOUR)
    inbox.receive(provider.happen(NOW + 5 * HOUR), source="webhook", received_at=NOW + 5 * HOUR)

    assert poll(now=NOW + 6 * HOUR) == 1
    assert lost.id in states()


def test_a_poll_that_breaks_off_keeps_what_it_found_and_starts_at_the_same_place(provider):
    for n in range(4):
        provider.happen(NOW - n * HOUR)
    provider.breaks_after = 2
    with pytest.raises(Unanswered):
        poll(now=NOW)
    found, provider.breaks_after = len(states()), None

    poll(now=NOW)

    assert (found, len(states())) == (2, 4)
    assert provider.asked == [NOW - 30 * DAY] * 2


def test_a_cursor_older_than_a_month_asks_for_the_month(provider):
    provider.happen(NOW - 29 * DAY)
    poll(now=NOW)

    poll(now=NOW + 10 * DAY)

    assert provider.asked[1] == NOW - 20 * DAY


def test_a_provider_whose_clock_is_ahead_is_followed(provider):
    provider.happen(NOW + 4 * DAY)
    poll(now=NOW)
    provider.happen(NOW + 4 * DAY + HOUR)

    assert poll(now=NOW + HOUR) == 1


def test_what_is_not_ours_is_stored_as_ignored(provider):
    provider.happen(NOW, livemode=True)
    provider.happen(NOW, type="invoice.paid")

    assert poll(now=NOW) == 0
    assert sorted(ProviderEvent.objects.values_list("state", "reason")) == [
        ("ignored", "mode"),
        ("ignored", "type"),
    ]


def test_an_event_of_an_older_version_is_worked_off_when_it_is_polled(provider):
    provider.happen(NOW, api_version="2020-08-27")

    assert poll(now=NOW) == 1


def test_an_event_may_be_worded_apart_by_webhook_and_by_list(provider):
    values = body(created=int(NOW.timestamp()))
    provider.events.append(webhook.read(json.dumps(values)))
    values["data"]["object"]["an_older_field"] = True
    inbox.receive(webhook.read(json.dumps(values)), source="webhook", received_at=NOW)

    assert poll(now=NOW) == 0
    assert not PaymentCase.objects.exists()


def test_an_event_about_another_object_is_an_alarm_whatever_its_way(provider):
    values = body(created=int(NOW.timestamp()))
    provider.events.append(webhook.read(json.dumps(values)))
    values["data"]["object"]["id"] = "po_other"
    inbox.receive(webhook.read(json.dumps(values)), source="webhook", received_at=NOW)

    poll(now=NOW)

    assert PaymentCase.objects.get().detail["changed"] == ["object_id"]


def test_without_a_key_there_is_nothing_to_poll(monkeypatch):
    monkeypatch.setattr(gateway, "gateway", lambda: None)

    assert poll(now=NOW) == 0
    assert not Job.objects.exists()

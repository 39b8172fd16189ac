"""Webhooks arrive signed, are tried again, and outlive the process."""

from __future__ import annotations

import json
import time

import pytest

from tests.sandbox.receiver import Receiver
from tests.sandbox.running import start
from tests.sandbox.shop import Shop

FAST = ["--webhook-retries", "0.1,0.2,0.4"]


@pytest.fixture
def posted(tmp_path, receiver):
    running = start(tmp_path, receiver.url, more=FAST)
    yield Shop(running)
    running.stop()


def waiting(shop):
    return [one for one in shop.sandbox.books()["deliveries"] if one["state"] == "waiting"]


def until(condition, *, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_every_event_arrives_signed_with_its_object(posted, receiver):
    intent = posted.paid()
    events = [letter.event() for letter in receiver.wait_for(5)]

    assert {event.type for event in events} == set(posted.types())
    succeeded = next(event for event in events if event.type == "payment_intent.succeeded")
    assert succeeded.data.object.id == intent.id and succeeded.pending_webhooks == 1
    until(lambda: not waiting(posted))
    assert posted.api.events.retrieve(succeeded.id).pending_webhooks == 0


def test_a_webhook_is_tried_again_until_it_is_taken(posted, receiver):
    receiver.statuses += [500, 503, 302, 404, 400, 500, 500]
    posted.paid()
    letters = receiver.wait_for(12)

    until(lambda: not waiting(posted))
    assert len({json.loads(letter.body)["id"] for letter in letters}) == 5
    assert sum(one["attempts"] for one in posted.sandbox.books()["deliveries"]) == 12


def test_it_gives_up_in_the_end(tmp_path, receiver):
    receiver.statuses += [500] * 100
    running = start(
        tmp_path, receiver.url, more=["--webhook-retries", "0.05", "--webhook-attempts", "3"]
    )
    try:
        Shop(running).paid()
        receiver.wait_for(15)
        until(lambda: {one["state"] for one in running.books()["deliveries"]} == {"given up"})
    finally:
        running.stop()


def test_several_endpoints_get_each_event(tmp_path, receiver):
    second = Receiver()
    running = start(tmp_path, [receiver.url, second.url], more=FAST)
    try:
        Shop(running).paid()
        assert len(receiver.wait_for(5)) == len(second.wait_for(5)) == 5
    finally:
        running.stop()
        second.close()


def test_books_and_webhooks_outlive_a_kill(tmp_path, receiver):
    receiver.statuses += [500] * 5
    running = start(tmp_path, receiver.url, more=["--webhook-retries", "2"])
    shop = Shop(running)
    try:
        first = shop.session(key="kept")
        intent = shop.paid()
        said = running.pay(first.id, account="000123456789")
        running.advance(days=3)
        before = running.books()
        running.kill()
        running.begin()

        after = running.books()
        assert {name: after[name] for name in after if name != "deliveries"} == {
            name: before[name] for name in before if name != "deliveries"
        }
        assert shop.session(key="kept").id == first.id
        assert shop.intent(intent.id).status == "succeeded"
        running.advance(days=1)
        assert shop.intent(said["payment_intent"]).status == "succeeded"
        until(lambda: not waiting(shop))
        taken = {json.loads(letter.body)["id"] for letter in receiver.letters}
        assert taken == {event.id for event in shop.api.events.list({"limit": 100}).data}
    finally:
        running.stop()


def test_it_is_killed_again_and_again_while_it_works(tmp_path):
    running = start(tmp_path)
    shop = Shop(running)
    known = []
    try:
        for number in range(5):
            known += [shop.session(key=f"{number}-{one}").id for one in range(4)]
            running.pay(known[-1])
            running.kill()
            running.begin()
            assert [one["id"] for one in running.books()["sessions"]] == known
            assert shop.session(key=f"{number}-0").id == known[-4]
    finally:
        running.stop()
    assert len([one for one in known]) == 20


def test_the_clock_follows_a_file_and_what_was_advanced(tmp_path):
    file = tmp_path / "clock"
    file.write_text("2026-10-01T12:00:00+00:00\n")
    running = start(tmp_path, clock_file=file)
    try:
        assert Shop(running).session().created == 1_790_856_000
        running.advance(days=1)
        file.write_text(f"+2026-10-02T12:00:00+00:00 {time.time() - 60}\n")
        assert abs(Shop(running).session().created - 1_790_856_000 - 2 * 86_400 - 60) <= 2
    finally:
        running.stop()

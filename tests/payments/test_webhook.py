"""The provider's door: what is signed is stored once, everything else is answered calmly."""

from __future__ import annotations

import json
import logging
from io import BytesIO
from threading import Event
from time import sleep

import pytest
import stripe
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from core.failpoints import FailpointHit
from payments import gateway, tasks
from payments.bell import Bell
from payments.models import PaymentCase, ProviderEvent
from payments.views import webhook as view
from tests.payments.webhooks import OLD_SECRET, SECRET, Rung, body, header, send, states

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def door(settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(gateway, "gateway", Rung)


def one_event():
    return ProviderEvent.objects.get()


def test_a_signed_event_is_stored_and_answered_with_nothing(client):
    event = body()

    answer = send(client, event)

    row = one_event()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (row.pk, row.type, row.state, row.source) == (
        event["id"],
        "payout.paid",
        "received",
        "webhook",
    )
    assert (row.object_type, row.object_id) == ("payout", "po_1")
    assert json.loads(row.payload) == event
    assert row.due_at == row.received_at and row.attempts == 0


def test_the_body_is_not_readable_in_the_database(client):
    send(client, body())

    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM payments_providerevent")
        assert cursor.fetchone()[0].startswith("v1.")


def test_the_door_needs_no_login_no_cookie_and_no_form_token():
    client = Client(enforce_csrf_checks=True)

    answer = send(client, body(), age=0)

    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert reverse("payments:stripe_webhook") == "/webhooks/stripe/"


def test_an_event_costs_one_insert(client, django_assert_num_queries):
    event = body()

    with django_assert_num_queries(3):  # a savepoint around it, since tests run in a transaction
        send(client, event)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_only_posting_is_answered(client, method):
    assert getattr(client, method)(reverse("payments:stripe_webhook")).status_code == 405


def test_without_a_secret_nothing_is_believed(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = []

    assert send(client, body()).status_code == 503
    assert states() == {}


def test_blank_secrets_are_none(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["", " "]

    assert send(client, body(), secret="").status_code == 503


def test_every_secret_counts_while_they_are_rotated(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, OLD_SECRET]

    old, new = send(client, body(), secret=OLD_SECRET), send(client, body(), secret=SECRET)

    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    late = send(client, body(), secret=OLD_SECRET)
    assert [old.status_code, new.status_code, late.status_code] == [200, 200, 400]


def test_two_signatures_in_one_header_are_tried_both(client):
    raw = json.dumps(body()).encode()
    moment, ours = header(raw).split(",")
    theirs = header(raw, secret=OLD_SECRET).split(",")[1]

    assert send(client, raw, signature=f"{moment},{theirs},{ours}").status_code == 200


SIGNATURES = {
    "unsigned": "",
    "forged": "t={now},v1=" + "0" * 64,
    "of another scheme": "t={now},v0=" + "0" * 64,
    "without a time": "v1=" + "0" * 64,
    "with no time in it": "t=soon,v1=" + "0" * 64,
    "with an endless time": "t=" + "9" * 1900 + ",v1=" + "0" * 64,
    "not ASCII": "t={now},v1=\u00e9",
    "thousands of signatures": "t={now}," + ",".join(["v1=" + "0" * 64] * 5_000),
    "only commas": "," * 1_000,
    "only equals signs": "=" * 1_000,
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_a_bad_signature_is_refused(client, signature):
    now = header(b"").split(",")[0].removeprefix("t=")

    answer = send(client, body(), signature=signature.replace("{now}", now))

    assert (answer.status_code, states()) == (400, {})


def test_a_signature_of_other_bytes_is_refused(client):
    honest, changed = body(), body()

    answer = send(client, changed, signature=header(json.dumps(honest).encode()))

    assert (answer.status_code, states()) == (400, {})


@pytest.mark.parametrize(
    "age, status", [(290, 200), (310, 400), (-290, 200), (-310, 400), (-31_536_000, 400)]
)
def test_a_signature_counts_five_minutes_before_and_after_its_time(client, age, status):
    assert send(client, body(), age=age).status_code == status


def test_the_business_clock_does_not_age_a_signature(client, settings, tmp_path):
    (tmp_path / "clock").write_text("2031-01-01T00:00:00+00:00")
    settings.CLOCK_FILE = str(tmp_path / "clock")

    assert send(client, body()).status_code == 200


def nested(depth):
    return b"[" * depth + b"]" * depth


NO_EVENTS = {
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "not JSON": b"id=evt_1&object=event",
    "empty": b"",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "no event": json.dumps({"id": "evt_1", "object": "charge"}).encode(),
    "a thin event": json.dumps(body(object="v2.core.event")).encode(),
    "an envelope": json.dumps({"detail": body()}).encode(),
    "nothing in it": json.dumps({"id": "evt_1", "object": "event"}).encode(),
    "no object in it": json.dumps(body(data={"object": None})).encode(),
    "an id with a NUL": json.dumps(body(id="evt_\0")).encode(),
    "an endless id": json.dumps(body(id="e" * 500)).encode(),
    "an id that is a list": json.dumps(body(id=["evt_1"])).encode(),
    "no type": json.dumps(body(type=None)).encode(),
    "a mode in words": json.dumps(body(livemode="false")).encode(),
    "a time in words": json.dumps(body(created="now")).encode(),
    "a time beyond the calendar": json.dumps(body(created=10**18)).encode(),
    "a time beyond all": json.dumps(body(created=10**400)).encode(),
    "a number too long to read": b'{"a": ' + b"9" * 5_000 + b"}",
    "nested deeply": nested(100_000),
    "an event around a deep nest": b'{"object": "event", "data": ' + nested(100_000) + b"}",
    "nested more than events are": json.dumps(body(request=[[0]]))
    .replace("[0]", nested(400).decode())
    .encode(),
    "half a surrogate": json.dumps(body(id="evt_\ud800")).encode(),
}


@pytest.mark.parametrize("raw", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_signed_and_still_no_event_is_refused(client, raw):
    answer = send(client, raw)

    assert (answer.status_code, states()) == (400, {})


def test_ten_megabytes_are_refused_by_their_length(client):
    assert send(client, b"x" * 10 * MB).status_code == 413


def chunked(client, raw, length="", **more):
    stream = BytesIO(raw)
    answer = client.generic(
        "POST",
        reverse("payments:stripe_webhook"),
        content_type="application/json",
        headers={"Stripe-Signature": header(raw)},
        **{
            "wsgi.input": stream,
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": length,
            "HTTP_TRANSFER_ENCODING": "chunked",
            **more,
        },
    )
    return answer, stream.tell()


def test_ten_megabytes_in_chunks_are_read_no_further_than_the_limit(client):
    answer, read = chunked(client, b"x" * 10 * MB)

    assert (answer.status_code, states()) == (413, {})
    assert read <= view.LONGEST_BODY + 1


def test_an_event_may_come_in_chunks(client):
    answer, _ = chunked(client, json.dumps(body()).encode())

    assert (answer.status_code, len(states())) == (200, 1)


@pytest.mark.parametrize("length", ["5", "-1", "many", "500000"])
def test_a_length_that_lies_gains_nothing(client, length):
    answer, read = chunked(client, b"x" * 10 * MB, length=length)

    assert answer.status_code in (400, 413)
    assert read <= view.LONGEST_BODY + 1 and states() == {}


def test_the_largest_body_is_taken(client):
    event = body()
    event["data"]["object"]["note"] = "x" * (view.LONGEST_BODY - len(json.dumps(event)) - 12)

    assert len(json.dumps(event)) <= view.LONGEST_BODY
    assert send(client, event).status_code == 200


FOREIGN = {
    "mode": {"livemode": True},
    "account": {"account": "acct_other"},
    "api_version": {"api_version": "2020-08-27"},
    "type": {"type": "invoice.paid"},
}


@pytest.mark.parametrize("reason, changes", FOREIGN.items(), ids=FOREIGN)
def test_what_is_not_ours_is_stored_as_ignored(client, reason, changes):
    assert send(client, body(**changes)).status_code == 200

    row = one_event()
    assert (row.state, row.reason, row.due_at) == ("ignored", reason, None)


def test_another_release_of_our_version_is_read(client):
    train = stripe.api_version.partition(".")[2]
    send(client, body(api_version=f"2026-11-30.{train}"))

    assert one_event().state == "received"


def test_an_object_of_no_concern_may_be_called_anything(client):
    event = body("plan.created", "plan", "Our best plan, \u20ac 5 \0" + "!" * 300)

    assert send(client, event).status_code == 200
    assert (one_event().state, one_event().object_id) == ("ignored", "")


def test_the_same_event_again_is_answered_and_stored_once(client):
    event = body()

    answers = [send(client, event).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(states()) == 1 and not PaymentCase.objects.exists()


def test_an_event_delivered_later_may_count_fewer_open_deliveries(client):
    event = body()

    send(client, event)
    send(client, {**event, "pending_webhooks": 0})

    assert not PaymentCase.objects.exists()


def test_the_same_id_with_another_body_is_an_alarm_and_the_first_stays(client, caplog):
    event = body()
    other = json.loads(json.dumps(event))
    other["data"]["object"]["amount"] = 1

    answers = [send(client, values).status_code for values in (event, other, other)]

    case = PaymentCase.objects.get()
    assert answers == [200, 200, 200]
    assert (case.kind, case.about) == ("changed_event", event["id"])
    assert json.loads(one_event().payload) == event
    assert "event.changed" in [r.message for r in caplog.records if r.levelno == logging.ERROR]


def test_a_card_number_is_masked_before_it_is_stored(client):
    event = body()
    event["data"]["object"]["description"] = "my card is 4242 4242 4242 4242"

    send(client, event)

    assert "4242 4242 4242" not in one_event().payload
    assert "my card is ****4242" in one_event().payload


def test_a_broken_bell_does_not_break_the_door(
    client, settings, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    settings.EMBEDDED_WORKER = False

    def broken(**options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.work_inbox, "apply_async", broken)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        answer = send(client, body())

    assert (answer.status_code, len(rung), len(states())) == (200, 1, 1)
    assert not tasks.inbox_bell.carry()
    assert "bell.silent" in caplog.text


def test_a_broker_that_hangs_keeps_nobody_waiting(
    client, settings, monkeypatch, django_capture_on_commit_callbacks
):
    """Rings that come meanwhile are one message more."""
    settings.EMBEDDED_WORKER = False
    reached, released, carried = Event(), Event(), []

    def hang(**options):
        carried.append(options["queue"])
        reached.set()
        released.wait(10)

    monkeypatch.setattr(tasks.work_inbox, "apply_async", hang)
    monkeypatch.setattr(tasks, "inbox_bell", Bell(tasks._wake))
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, body()).status_code == 200
    assert reached.wait(5)
    with django_capture_on_commit_callbacks(execute=True):
        assert {send(client, body()).status_code for _ in range(5)} == {200}

    assert carried == ["outbound"]
    released.set()
    for _ in range(100):
        if len(carried) == 2:
            break
        sleep(0.02)
    assert carried == ["outbound"] * 2


def test_the_bell_rings_for_new_events_only(client, django_capture_on_commit_callbacks):
    event = body()
    send(client, event)

    with django_capture_on_commit_callbacks() as rung:
        send(client, event)
        send(client, body(livemode=True))

    assert rung == []


def test_an_event_survives_a_crash_after_it_is_stored(client, settings):
    settings.FAILPOINTS = "inbox.after_store=raise"
    event = body()

    with pytest.raises(FailpointHit):
        send(client, event)

    settings.FAILPOINTS = ""
    assert send(client, event).status_code == 200
    assert states() == {event["id"]: "received"}


def test_the_database_keeps_the_first_body(client):
    send(client, body())
    row = one_event()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderEvent(
            **{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        ).save(force_insert=True)


def test_no_line_of_the_log_holds_a_secret_or_a_body(client, caplog):
    event = body()
    event["data"]["object"]["email"] = "payer@example.org"
    with caplog.at_level(logging.DEBUG):
        send(client, event)
        send(client, event, secret=OLD_SECRET)

    said = " ".join(str(vars(record)) for record in caplog.records)
    assert SECRET not in said and "payer@example.org" not in said

"""Mails over real SMTP to a server that refuses, breaks off and disappears."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections

from accounts.models import Utility
from core import clock
from notifications import delivery
from notifications.models import Delivery
from notifications.tasks import deliver_pending

pytestmark = pytest.mark.django_db(transaction=True)


def state(row):
    row.refresh_from_db()
    return row.state


def test_a_mail_has_text_and_html_in_the_customers_language(server, say):
    (row,) = say(language="ar", subject="فاتورتك", body="عليك <b>12</b>")

    assert deliver_pending() == 1

    (mail,) = server.accepted
    html = mail.get_body(("html",)).get_content()
    assert state(row) == "sent" and row.sent_at is not None
    assert mail["Subject"] == "فاتورتك" and mail["To"] == "ada@example.com"
    assert mail["Message-ID"] == row.message_id
    assert "http://localhost:8000/bills/2026-000001/" in mail.get_body(("plain",)).get_content()
    assert 'lang="ar" dir="rtl"' in html and "&lt;b&gt;" in html
    assert deliver_pending() == 0
    assert len(server.accepted) == 1


def test_a_server_that_is_away_is_asked_again_after_a_pause(server, say, later, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    (row,) = say()

    assert deliver_pending() == 1
    assert (state(row), row.attempts) == ("pending", 1)
    assert "ConnectionRefusedError" in row.error
    assert row.due_at > clock.real_now() + timedelta(seconds=20)
    assert deliver_pending() == 0

    settings.EMAIL_PORT = port
    later()
    deliver_pending()
    assert (state(row), row.attempts, row.error) == ("sent", 2, "")
    assert len(server.accepted) == 1


def test_an_address_that_does_not_exist_fails_and_stops_nobody(server, say):
    server.refusals["nobody"] = "550 no such box"
    lost, found = say(addresses=("nobody@example.com", "ada@example.com"))
    if lost.address.startswith("ada"):
        lost, found = found, lost

    deliver_pending()

    assert (state(lost), state(found)) == ("failed", "sent")
    assert "no such box" in lost.error


def test_a_full_box_is_tried_again(server, say, later):
    server.refusals["ada"] = "452 box full"
    (row,) = say()

    deliver_pending()
    assert state(row) == "pending"
    server.refusals.clear()
    later()
    deliver_pending()

    assert state(row) == "sent"


def test_accepted_and_dropped_is_sent_once_more_under_the_same_id(server, say, later):
    server.drops_after_accepting = 1
    (row,) = say()

    for _ in range(4):
        deliver_pending()
        later()

    assert state(row) == "sent"
    assert [mail["Message-ID"] for mail in server.accepted] == [row.message_id] * 2


def test_a_worker_that_dies_after_the_mail_leaves_one_duplicate_at_most(
    server, say, later, settings
):
    (row,) = say()
    settings.FAILPOINTS = f"delivery.sent=raise@delivery:{row.pk}"
    with pytest.raises(RuntimeError):
        deliver_pending()
    assert state(row) == "sending"
    settings.FAILPOINTS = ""
    assert deliver_pending() == 0  # the lease still runs

    later()
    deliver_pending()

    assert state(row) == "sent"
    assert len(server.accepted) == 2
    assert len({mail["Message-ID"] for mail in server.accepted}) == 1


def test_after_the_last_attempt_it_is_given_up(server, say, later, settings):
    settings.EMAIL_PORT = 1
    (row,) = say()
    Delivery.objects.update(attempts=delivery.MOST_ATTEMPTS - 1)

    deliver_pending()

    assert state(row) == "failed"


def test_a_mail_that_cannot_be_made_does_not_stop_the_others(server, say):
    (broken,) = say(key="a", attachment_ref="not-there.pdf")
    (fine,) = say(key="b")

    deliver_pending()

    assert (state(broken), state(fine)) == ("pending", "sent")


def test_an_error_nobody_thought_of_is_kept_and_tried_again(server, say):
    Utility.objects.all().delete()
    (row,) = say()

    deliver_pending()

    assert state(row) == "pending"
    assert row.error.startswith("DoesNotExist")


def test_a_document_travels_with_the_mail(server, say, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("bills/1.pdf", ContentFile(b"%PDF-1.7 bill"))
    say(attachment_ref=name)

    deliver_pending()

    (part,) = server.accepted[0].iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("1.pdf", "application/pdf")
    assert part.get_content() == b"%PDF-1.7 bill"


def test_the_pauses_double_up_to_six_hours():
    waits = [delivery.wait_after(n) for n in range(1, delivery.MOST_ATTEMPTS)]

    assert [int(w.total_seconds()) for w in waits[:4]] == [30, 60, 120, 240]
    assert waits == sorted(waits) and waits[-1] == timedelta(hours=6)
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=2)


def workers(n, work):
    gate = threading.Barrier(n)

    def run():
        gate.wait()
        work()
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_workers_send_each_mail_once(server, say):
    rows = say(addresses=tuple(f"p{i}@example.com" for i in range(30)))

    workers(4, deliver_pending)

    assert len(server.accepted) == 30
    assert {mail["To"] for mail in server.accepted} == {row.address for row in rows}
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_without_the_claim_each_worker_would_send_it(server, say, monkeypatch):
    """The control: workers that only look what is due, and do not take it."""
    say(addresses=tuple(f"p{i}@example.com" for i in range(5)))
    gate = threading.Barrier(4)

    def look_only(queryset, *, owner, limit, lease, state):
        rows = list(queryset[:limit])
        gate.wait()
        return rows

    monkeypatch.setattr(delivery, "claim", look_only)
    workers(4, delivery.deliver_batch)

    assert len(server.accepted) == 20

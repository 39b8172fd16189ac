"""The inbox is worked off by leases: once each, an object at a time, and nothing is lost."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts.models import AuditEvent
from core import clock
from core.jobs import claim
from core.models import Job
from payments import gateway
from payments.gateway import Absent, Refused, Unanswered
from payments.models import ProviderEvent
from payments.operations import inbox, sync
from payments.outcomes import Applied
from payments.providers.stripe import webhook
from reports import system_health
from tests.accounts.factories import make_user
from tests.payments.webhooks import Rung, body, states

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Objects:
    """What the provider shows and what is applied, by object; an exception is raised."""

    def __init__(self):
        self.shown, self.answers = [], {}
        self.applied, self.outcomes = Counter(), {}
        self.open_transactions = []

    def look(self, object_type, object_id):
        self.shown.append(object_id)
        self.open_transactions.append(connection.in_atomic_block)
        if error := self.answers.get(object_id):
            raise error
        return [object_id]

    def one(self, object_id, now, cause):
        self.applied[object_id] += 1
        Job.objects.create(kind="applied", key=f"{object_id} {self.applied[object_id]}")
        outcome = self.outcomes.get(object_id, Applied.APPLIED)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture(autouse=True)
def objects(monkeypatch):
    objects = Objects()
    monkeypatch.setattr(gateway, "gateway", Rung)
    monkeypatch.setattr(sync, "look", objects.look)
    monkeypatch.setattr(sync, "_one", objects.one)
    return objects


def arrive(*values, at=None):
    """Receive events; each is a dictionary, or the number of a payout."""
    for value in values:
        event = value if isinstance(value, dict) else body(object_id=f"po_{value}")
        view = webhook.read(json.dumps(event))
        inbox.receive(view, source="webhook", received_at=at or clock.real_now())


def work(owner="a"):
    return inbox.work(owner=owner, now=NOW)


def one_event():
    return ProviderEvent.objects.get()


def traces():
    """Return what the work left in the database."""
    return sorted(Job.objects.filter(kind="applied").values_list("key", flat=True))


def test_an_event_is_processed_once():
    arrive(1)

    assert (work(), work()) == (1, 0)

    row = one_event()
    assert (row.state, row.attempts, row.lease_owner, row.error) == ("processed", 1, "", "")
    assert row.processed_at is not None and traces() == ["po_1 1"]


def test_the_events_of_one_object_are_fetched_together(objects):
    arrive(1, 2, 1, 1)

    assert work() == 4
    assert sorted(objects.shown) == ["po_1", "po_2"]
    assert set(states().values()) == {"processed"}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_fetched_inside_a_transaction(objects):
    arrive(1)

    work()

    assert objects.open_transactions == [False]


def test_without_a_key_the_events_wait(monkeypatch):
    arrive(1)
    monkeypatch.setattr(gateway, "gateway", lambda: None)

    assert work() == 0
    assert one_event().attempts == 0


@pytest.mark.parametrize(
    "answer, state, reason",
    [
        (Applied.APPLIED, "processed", ""),
        (Applied.UNCHANGED, "processed", ""),
        (Applied.UNMATCHED, "processed", ""),
        (Applied.FOREIGN, "ignored", "not_ours"),
    ],
)
def test_every_outcome_ends_the_event(objects, answer, state, reason):
    objects.outcomes["po_1"] = answer
    arrive(1)

    work()

    assert (one_event().state, one_event().reason) == (state, reason)


@pytest.mark.parametrize(
    "error, reason", [(Absent("no such payout"), "absent"), (sync.NotHandled("mandate"), "type")]
)
def test_an_object_that_is_unknown_is_ignored_with_the_reason(objects, error, reason):
    objects.answers["po_1"] = error
    arrive(1)

    work()

    assert (one_event().state, one_event().reason) == ("ignored", reason)


def test_the_reason_of_a_failure_survives_and_the_work_does_not(objects):
    objects.outcomes["po_1"] = ValueError("the books are closed")
    arrive(1, 2)

    work()

    bad, good = ProviderEvent.objects.order_by("object_id")
    assert (bad.state, bad.error, bad.lease_owner) == (
        "received",
        "ValueError: the books are closed",
        "",
    )
    assert good.state == "processed"
    assert traces() == ["po_2 1"]


def test_the_pauses_between_attempts_double_up_to_half_an_hour(objects):
    objects.answers["po_1"] = Unanswered("time-out")
    pauses = []
    with time_machine.travel(NOW, tick=False) as travel:
        arrive(1)
        for _ in range(12):
            assert work() == 1 and work() == 0
            pauses.append(int((one_event().due_at - clock.real_now()).total_seconds()))
            travel.move_to(one_event().due_at)

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]


def fail_until(hours, travel):
    """Work until so many hours after now; return how many attempts that took."""
    attempts = 0
    while clock.real_now() < NOW + hours * HOUR:
        attempts += work()
        travel.shift(timedelta(minutes=30))
    return attempts


@pytest.mark.parametrize("error", [ValueError("a bug"), Refused("no permission", "permission")])
def test_after_twelve_hours_an_event_is_a_dead_letter(objects, error, caplog):
    objects.answers["po_1"] = error
    with time_machine.travel(NOW, tick=False) as travel:
        arrive(1)
        fail_until(11.9, travel)
        before = one_event().state
        fail_until(13, travel)
        attempts = one_event().attempts
        fail_until(20, travel)

    row = one_event()
    assert (before, row.state, row.attempts) == ("received", "dead", attempts)
    assert "event.dead" in caplog.text and type(error).__name__ in row.error


def test_a_provider_that_does_not_answer_is_waited_for_three_days(objects):
    objects.answers["po_1"] = Unanswered("time-out")
    with time_machine.travel(NOW, tick=False) as travel:
        arrive(1)
        fail_until(71, travel)
        before = one_event().state
        fail_until(73, travel)

    assert (before, one_event().state) == ("received", "dead")


def test_a_worker_that_dies_leaves_its_events_to_the_next(objects):
    with time_machine.travel(NOW, tick=False) as travel:
        arrive(1)
        claim(ProviderEvent.objects.all(), owner="dead", limit=1, lease=inbox.LEASE)
        travel.shift(timedelta(seconds=59))
        early = work("heir")
        travel.shift(timedelta(seconds=2))
        late = work("heir")

    assert (early, late, one_event().state) == (0, 1, "processed")


def test_a_worker_that_wakes_too_late_changes_nothing(monkeypatch):
    def heir_comes(object_type, object_id):
        ProviderEvent.objects.update(lease_owner="heir")
        return [object_id]

    arrive(1)
    monkeypatch.setattr(sync, "look", heir_comes)

    work("zombie")

    assert (one_event().state, one_event().lease_owner) == ("received", "heir")
    assert traces() == []


def test_a_failure_that_comes_too_late_changes_nothing(monkeypatch):
    def heir_comes(object_type, object_id):
        ProviderEvent.objects.update(lease_owner="heir")
        raise Unanswered("time-out")

    arrive(1)
    monkeypatch.setattr(sync, "look", heir_comes)

    work("zombie")

    assert (one_event().state, one_event().error, one_event().lease_owner) == (
        "received",
        "",
        "heir",
    )


def test_an_event_that_kills_its_workers_is_taken_alone_and_given_up(objects, caplog):
    """What dies with it in the first batch is processed; it alone dies again and again."""
    killing = body(object_id="po_killer")
    with time_machine.travel(NOW, tick=False) as travel:
        arrive(killing, 1, 2)
        for _ in range(20):
            rows = claim(
                inbox._due(clock.real_now()).filter(attempts=0), owner="x", limit=9, lease=HOUR
            )
            if rows:  # the first worker takes all three and is killed
                travel.shift(2 * HOUR)
                continue
            kill_if_it_comes(killing["id"], objects, travel)

    assert states().pop(killing["id"]) == "dead"
    assert sorted(states().values()) == ["dead", "processed", "processed"]
    assert "WorkerDied" in ProviderEvent.objects.get(pk=killing["id"]).error


class Killed(BaseException):
    """What a signal does: no handler of ours runs."""


def kill_if_it_comes(event_id, objects, travel):
    objects.answers["po_killer"] = Killed()
    try:
        work()
    except Killed:
        travel.shift(2 * inbox.LEASE)


@pytest.mark.parametrize("place", ["inbox.before_apply", "inbox.after_apply"])
def test_a_crash_around_the_work_leaves_all_or_nothing(settings, place):
    settings.FAILPOINTS = f"{place}=raise"
    arrive(1)
    with time_machine.travel(clock.real_now(), tick=False) as travel:
        work()
        failed = one_event()
        left = traces()
        settings.FAILPOINTS = ""
        travel.shift(timedelta(seconds=5))
        work()

    assert (failed.state, left) == ("received", [])
    assert one_event().state == "processed" and len(traces()) == 1


def dead_event():
    arrive(1)
    ProviderEvent.objects.update(state="dead", error="ValueError: a bug", attempts=40)
    return one_event()


def test_a_dead_letter_is_tried_again(objects):
    event, actor = dead_event(), make_user()

    inbox.retry(event, actor=actor)
    work()

    assert (one_event().state, one_event().error) == ("processed", "")
    assert AuditEvent.objects.get(action="event.retry").actor == actor


def test_an_event_that_is_processed_is_not_tried_again():
    arrive(1)
    work()

    with pytest.raises(inbox.NotOpen):
        inbox.retry(one_event(), actor=make_user())


def test_a_dead_letter_is_dismissed_with_a_reason():
    event = dead_event()

    inbox.dismiss(event, reason=" seen to by hand ", actor=make_user())

    assert (one_event().state, one_event().reason) == ("ignored", "seen to by hand")
    assert AuditEvent.objects.get(action="event.dismiss").detail == {"reason": "seen to by hand"}


def test_a_dead_letter_is_not_dismissed_without_a_reason():
    with pytest.raises(inbox.ReasonMissing):
        inbox.dismiss(dead_event(), reason="  ", actor=make_user())


def test_an_event_that_waits_is_not_dismissed():
    arrive(1)

    with pytest.raises(inbox.NotOpen):
        inbox.dismiss(one_event(), reason="away with it", actor=make_user())


def test_the_health_page_counts_dead_letters():
    dead_event()
    arrive(2)

    rows = {row.name: row for row in system_health.read(now=clock.real_now()).queues}

    row = rows["Events of the payment provider"]
    assert (row.waiting, row.failed, row.is_late) == (1, 1, True)


def test_an_event_is_held_while_a_slow_provider_is_asked(objects, monkeypatch):
    """Each of five objects takes twenty seconds; a lease is one minute."""
    taken = []
    with time_machine.travel(NOW, tick=False) as travel:

        def slow(object_type, object_id):
            travel.shift(timedelta(seconds=20))
            mine = ProviderEvent.objects.filter(object_id=object_id)
            taken.extend(claim(mine, owner="other", limit=1, lease=inbox.LEASE))
            return [object_id]

        monkeypatch.setattr(sync, "look", slow)
        arrive(1, 2, 3, 4, 5)
        work()

    assert taken == []
    assert set(states().values()) == {"processed"}

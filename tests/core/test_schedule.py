"""The timetable: each slot once, missed slots by rule, failures with pauses and an end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from billing_site import schedule
from billing_site.schedule import DailyAt, Entry, Every
from core import clock
from core.models import JobRun

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 1, 12, 7, 30, tzinfo=UTC)
CALLS = []


def work():
    CALLS.append(1)


def fail():
    raise ValueError("no luck")


QUARTERLY = Entry("poll", f"{__name__}.work", Every(900))
FAILING = Entry("fails", f"{__name__}.fail", Every(900))


@pytest.fixture(autouse=True)
def forget_calls():
    CALLS.clear()


def plan(entry, now):
    return schedule.plan([entry], now=now, zone=BERLIN)


@pytest.mark.django_db
def test_a_slot_is_planned_once_however_often_the_tick_comes():
    assert [plan(QUARTERLY, NOON), plan(QUARTERLY, NOON), plan(QUARTERLY, NOON)] == [1, 0, 0]
    assert JobRun.objects.get().scheduled_for == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_slot_runs_once():
    plan(QUARTERLY, NOON)
    slot = JobRun.objects.get()

    assert [schedule.run(slot.pk, [QUARTERLY]), schedule.run(slot.pk, [QUARTERLY])] == [True, False]
    slot.refresh_from_db()
    assert (len(CALLS), slot.state, slot.attempts, slot.lease_owner) == (1, "done", 1, "")


@pytest.mark.django_db
def test_after_downtime_only_the_newest_missed_slot_is_made_up_for():
    plan(QUARTERLY, NOON)

    assert plan(QUARTERLY, NOON + timedelta(hours=3)) == 1


@pytest.mark.django_db
def test_an_entry_may_want_every_missed_slot():
    nightly = Entry("nightly", f"{__name__}.work", Every(3600), every_missed=True)
    plan(nightly, NOON)

    assert plan(nightly, NOON + timedelta(hours=3)) == 3


@pytest.mark.django_db
def test_a_failing_slot_pauses_and_gives_up_after_three_attempts():
    plan(FAILING, NOON)
    slot = JobRun.objects.get()
    for _ in range(3):
        JobRun.objects.update(due_at=None)
        schedule.run(slot.pk, [FAILING])

    slot.refresh_from_db()
    assert (slot.state, slot.attempts, slot.error) == ("failed", 3, "ValueError: no luck")
    assert schedule.run(slot.pk, [FAILING]) is False


@pytest.mark.django_db
def test_a_failed_slot_waits_before_it_is_tried_again():
    plan(FAILING, NOON)
    slot = JobRun.objects.get()
    schedule.run(slot.pk, [FAILING])

    assert schedule.run(slot.pk, [FAILING]) is False
    slot.refresh_from_db()
    assert (slot.state, slot.attempts) == ("pending", 1)


@pytest.mark.django_db
def test_a_slot_whose_worker_died_is_taken_again():
    dead = clock.real_now() - timedelta(seconds=1)
    slot = JobRun.objects.create(
        name="poll",
        scheduled_for=NOON,
        state="running",
        attempts=1,
        lease_owner="dead",
        lease_until=dead,
    )

    assert schedule.run(slot.pk, [QUARTERLY]) is True
    slot.refresh_from_db()
    assert (slot.state, slot.attempts, len(CALLS)) == ("done", 2, 1)


@pytest.mark.django_db
def test_a_slot_that_kills_its_worker_is_given_up():
    dead = clock.real_now() - timedelta(seconds=1)
    slot = JobRun.objects.create(
        name="poll",
        scheduled_for=NOON,
        state="running",
        attempts=3,
        lease_owner="dead",
        lease_until=dead,
    )

    schedule.run(slot.pk, [QUARTERLY])

    slot.refresh_from_db()
    assert (slot.state, CALLS) == ("failed", [])
    assert "its worker died each time" in slot.error


@pytest.mark.django_db
def test_a_slot_of_a_removed_entry_fails_with_the_reason():
    plan(QUARTERLY, NOON)
    slot = JobRun.objects.get()

    schedule.run(slot.pk, [])

    slot.refresh_from_db()
    assert (slot.state, "no such entry" in slot.error) == ("failed", True)


def test_a_daily_slot_follows_the_local_clock_through_its_change():
    after = datetime(2026, 3, 27, 12, tzinfo=UTC)

    slots = list(DailyAt(time(6)).slots(after, after + timedelta(days=3), BERLIN))

    assert [slot.hour for slot in slots] == [5, 4, 4]

"""Everything that the timetable and the sweeps name can be called; the tick rings for it."""

from __future__ import annotations

import inspect

import pytest
from django.utils.module_loading import import_string

from billing_site import clock_guard, tasks, timetable
from billing_site.celery import QUEUES, app
from core import clock
from core.models import JobRun


@pytest.mark.parametrize("line", [*timetable.ENTRIES, *timetable.SWEEPS], ids=lambda o: o.function)
def test_it_names_a_function_without_arguments_and_a_queue_that_is_worked_off(line):
    function = import_string(line.function)

    needed = [
        p.name
        for p in inspect.signature(getattr(function, "run", function)).parameters.values()
        if p.default is inspect.Parameter.empty
    ]
    assert needed == []
    assert line.queue in QUEUES


def test_names_of_entries_are_used_once():
    names = [entry.name for entry in timetable.ENTRIES]

    assert len(names) == len(set(names))


def test_every_route_leads_to_a_queue_that_is_worked_off():
    assert {route["queue"] for route in app.conf.task_routes.values()} <= set(QUEUES)


@pytest.fixture
def rung(monkeypatch):
    """The messages that a tick sends."""
    messages = []
    monkeypatch.setattr(tasks.run_slot, "apply_async", lambda a, **k: messages.append(("slot", *a)))
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda a, **k: messages.append(("sweep", *a)))
    return messages


@pytest.mark.django_db
def test_an_empty_house_has_no_work(rung):
    tasks.tick()

    assert (rung, JobRun.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_tick_rings_for_every_open_slot_and_every_sweep(rung, utility):
    tasks.tick()

    slots = [("slot", pk) for pk in JobRun.objects.values_list("pk", flat=True)]
    assert sorted(rung) == sorted([*slots, *(("sweep", s.function) for s in timetable.SWEEPS)])
    assert len(slots) == len(timetable.ENTRIES)


@pytest.mark.django_db
def test_a_clock_that_went_back_stops_the_work(rung, utility, caplog):
    ahead = clock.real_now() + 2 * clock_guard.TOLERANCE
    JobRun.objects.create(name="x", scheduled_for=ahead, started_at=ahead, state="done")

    tasks.tick()

    assert rung == []
    assert "clock.implausible" in caplog.text


@pytest.mark.django_db
def test_a_moved_clock_is_believed(settings, tmp_path):
    ahead = clock.real_now() + 2 * clock_guard.TOLERANCE
    JobRun.objects.create(name="x", scheduled_for=ahead, started_at=ahead, state="done")
    settings.CLOCK_FILE = str(tmp_path / "clock")

    clock_guard.check()


def test_a_sweep_that_is_still_running_is_not_started_again(monkeypatch):
    calls = []
    monkeypatch.setattr(tasks, "import_string", lambda name: lambda: calls.append(name))

    with tasks._sweeping["busy"]:
        tasks.sweep("busy")
    tasks.sweep("busy")

    assert calls == ["busy"]


@pytest.fixture
def utility(db):
    from accounts.models import Utility

    return Utility.objects.create(pk=1, name="Valley Power", currency="USD", zone_name="UTC")

"""A row is claimed once, whoever asks at the same time; and the proof that it would not be."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models import F

from core import clock
from core.jobs import LeaseLost, claim, settle
from core.models import Job

LEASE = timedelta(minutes=1)
WORKERS = 8
JOBS = 40


@pytest.fixture
def races(django_db_setup, django_db_blocker, tmp_path):
    """A database that threads share for real: PostgreSQL, or a SQLite file as in production."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            yield "default"
            Job.objects.all().delete()
            return
        file = {**connection.settings_dict, "NAME": tmp_path / "races.sqlite3"}
        connections.databases["races"] = file
        with connections["races"].schema_editor() as editor:
            editor.create_model(Job)
        yield "races"
        connections["races"].close()
        del connections["races"]
        del connections.databases["races"]


def make_jobs(n, database="default"):
    jobs = [Job(kind="test", key=str(i)) for i in range(n)]
    return Job.objects.using(database).bulk_create(jobs)


def claim_all(jobs, owner):
    taken = []
    while rows := claim(jobs.all(), owner=owner, limit=3, lease=LEASE):
        taken += [row.pk for row in rows]
    return taken


def claim_without_guard(jobs, owner):
    """What `claim` would be without lock and condition: look, then write."""
    taken = []
    while keys := list(jobs.filter(attempts=0).order_by("pk").values_list("pk", flat=True)[:3]):
        time.sleep(0.02)
        jobs.filter(pk__in=keys).update(attempts=F("attempts") + 1, lease_owner=owner)
        taken += keys
    return taken


def together(work, database):
    """Run the work in eight threads at once and return all that they took."""
    taken, errors = [], []
    start = threading.Barrier(WORKERS)

    def one(owner):
        try:
            start.wait(10)
            taken.extend(work(Job.objects.using(database), owner))
        except Exception as error:
            errors.append(error)
        finally:
            connections[database].close()

    threads = [threading.Thread(target=one, args=(f"worker-{i}",)) for i in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    return taken


def test_eight_workers_claim_each_row_once(races):
    jobs = make_jobs(JOBS, races)

    taken = together(claim_all, races)

    assert sorted(taken) == sorted(job.pk for job in jobs)
    assert set(Job.objects.using(races).values_list("attempts", flat=True)) == {1}


def test_without_the_guard_rows_are_claimed_twice(races):
    make_jobs(JOBS, races)

    taken = Counter(together(claim_without_guard, races))

    assert max(taken.values()) > 1


@pytest.mark.django_db
def test_a_claim_counts_the_attempt_and_names_its_owner():
    make_jobs(1)

    [job] = claim(Job.objects.all(), owner="a", limit=5, lease=LEASE, state=Job.State.RUNNING)

    assert (job.state, job.attempts, job.lease_owner) == ("running", 1, "a")
    assert clock.real_now() < job.lease_until <= clock.real_now() + LEASE


@pytest.mark.django_db
def test_a_row_is_free_again_when_its_lease_has_ended():
    make_jobs(1)
    claim(Job.objects.all(), owner="dead", limit=1, lease=timedelta(seconds=-1))

    [job] = claim(Job.objects.all(), owner="alive", limit=1, lease=LEASE)

    assert (job.attempts, job.lease_owner) == (2, "alive")
    assert claim(Job.objects.all(), owner="late", limit=1, lease=LEASE) == []


@pytest.mark.django_db
def test_an_order_says_which_rows_come_first():
    jobs = make_jobs(3)

    [job] = claim(Job.objects.order_by("-pk"), owner="a", limit=1, lease=LEASE)

    assert job.pk == jobs[-1].pk


@pytest.mark.django_db
def test_settling_gives_the_row_back():
    make_jobs(1)
    [job] = claim(Job.objects.all(), owner="a", limit=1, lease=LEASE)

    settle(job, owner="a", state=Job.State.DONE)

    job.refresh_from_db()
    assert (job.state, job.lease_owner, job.lease_until) == ("done", "", None)


@pytest.mark.django_db
def test_a_worker_that_woke_too_late_cannot_settle():
    make_jobs(1)
    [job] = claim(Job.objects.all(), owner="zombie", limit=1, lease=timedelta(seconds=-1))
    claim(Job.objects.all(), owner="heir", limit=1, lease=LEASE)

    with pytest.raises(LeaseLost):
        settle(job, owner="zombie", state=Job.State.DONE)

    job.refresh_from_db()
    assert (job.state, job.lease_owner) == ("pending", "heir")

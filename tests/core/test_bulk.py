"""Many rows at once give what `save()` would give, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from core import bulk
from core.models import Job, JobRun

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
JOB = ["id", "kind", "key", "state", "arguments", "result", "done_steps", "all_steps", "created_at"]
LEASE = ["attempts", "lease_owner", "lease_until", "due_at", "error", "finished_at"]


def job_row(number, key, arguments):
    return [
        number,
        "test",
        key,
        "pending",
        arguments,
        "{}",
        0,
        7,
        MOMENT,
        0,
        "",
        None,
        MOMENT,
        "",
        None,
    ]


@pytest.mark.django_db
def test_written_rows_read_back_as_they_were():
    ids = bulk.allocate_ids(Job, 2)
    rows = [job_row(ids[0], "a", {"zoë": [1, None]}), job_row(ids[1], "b", '{"text": 1}')]

    written = bulk.write(Job, JOB + LEASE, rows)

    first, second = Job.objects.order_by("key")
    assert written == 2
    assert (first.pk, first.arguments, first.result) == (ids[0], {"zoë": [1, None]}, {})
    assert (first.created_at, first.due_at, first.finished_at) == (MOMENT, MOMENT, None)
    assert second.arguments == {"text": 1}


@pytest.mark.django_db
def test_nothing_to_write_is_fine():
    assert bulk.write(Job, JOB + LEASE, []) == 0


@pytest.mark.django_db
def test_a_refused_row_refuses_them_all_with_djangos_error():
    ids = bulk.allocate_ids(Job, 2)

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write(Job, JOB + LEASE, [job_row(ids[0], "same", {}), job_row(ids[1], "same", {})])

    assert not Job.objects.exists()


@pytest.mark.django_db
def test_an_unknown_column_is_named():
    with pytest.raises(ValueError, match="Job has no column 'colour'"):
        bulk.write(Job, ["colour"], [["red"]])


@pytest.mark.django_db
def test_allocated_ids_are_never_given_to_anybody_else():
    before = Job.objects.create(kind="test", key="before").pk
    first, second = bulk.allocate_ids(Job, 3), bulk.allocate_ids(Job, 2)
    after = Job.objects.create(kind="test", key="after").pk

    assert len({before, *first, *second, after}) == 7
    assert first == sorted(first) and len(first) == 3
    assert bulk.allocate_ids(Job, 0) == []


@pytest.mark.django_db
def test_a_write_is_one_round_trip():
    before = bulk.round_trips()

    bulk.write(
        JobRun,
        ["name", "scheduled_for", "state", "attempts", "lease_owner", "error"],
        [[f"entry {i}", MOMENT, "pending", 0, "", ""] for i in range(500)],
    )

    assert bulk.round_trips() == before + 1
    assert JobRun.objects.count() == 500


@pytest.mark.django_db
def test_a_foreign_key_is_held():
    columns = [
        *("recorded_at", "actor_id", "actor_name", "action", "object_type", "object_key"),
        *("account_id", "detail"),
    ]
    row = [MOMENT, 999_999_999, "x", "a.b", "t", "k", None, {}]

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write(AuditEvent, columns, [row])
        connection.check_constraints()


def stamp(pk, key, steps, place, **constants):
    row = dict(zip(JOB + LEASE, job_row(pk, key, '{"é": [1, null]}'), strict=True)) | constants
    numbers = {"id": np.array([pk]), "done_steps": np.array([steps])}
    fixed = {name: value for name, value in row.items() if name not in numbers}
    return bulk.Stamp(fixed, numbers, np.array([place]))


@pytest.mark.django_db
def test_stamped_rows_read_back_as_they_were():
    ids = bulk.allocate_ids(Job, 2)
    stamps = [stamp(ids[1], "b", 2**31 - 1, 1, error='a "b" \\ é'), stamp(ids[0], "a", 3, 0)]

    assert bulk.write_stamped(Job, JOB + LEASE, stamps) == 2

    first, second = Job.objects.order_by("key")
    assert (first.pk, first.done_steps, first.arguments) == (ids[0], 3, {"é": [1, None]})
    assert (first.created_at, first.due_at, first.finished_at) == (MOMENT, MOMENT, None)
    assert (second.pk, second.done_steps, second.error) == (ids[1], 2**31 - 1, 'a "b" \\ é')
    assert bulk.write_stamped(Job, JOB + LEASE, []) == 0


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_number_too_large_for_its_column_is_refused():
    with pytest.raises(OverflowError):
        bulk.write_stamped(Job, JOB + LEASE, [stamp(1, "a", 2**31, 0)])


def test_stamps_unfold_into_rows_in_the_order_of_their_places():
    stamps = [
        bulk.Stamp({"key": "x"}, {"n": np.array([3, 1])}, np.array([0, 2])),
        bulk.Stamp({"key": None}, {"n": np.array([2])}, np.array([1])),
    ]

    assert bulk._unfolded(("key", "n"), stamps, 3) == [["x", 3], [None, 2], ["x", 1]]


@pytest.mark.django_db
def test_what_is_there_already_is_passed_over():
    columns = ["id", *"name scheduled_for state attempts lease_owner error".split()]
    ids = bulk.allocate_ids(JobRun, 4)
    rows = [
        [pk, name, MOMENT, "pending", 0, "", text]
        for pk, name, text in zip(ids, "abca", ("", 'a "quote"', "a \\ é\n", ""), strict=True)
    ]

    assert bulk.write_new(JobRun, columns, rows[:1]) == ids[:1]
    assert bulk.write_new(JobRun, columns, rows[1:]) == ids[1:3]
    assert bulk.write_new(JobRun, columns, []) == []
    assert JobRun.objects.get(pk=ids[1]).error == 'a "quote"'
    assert JobRun.objects.get(pk=ids[2]).error == "a \\ é\n"

"""Billing by several at once. Each guard is first shown to be needed: without it the race is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.db.unguarded import unguarded
from core.jobs import LeaseLost, claim, leases
from statements import numbers
from statements.models import (
    BillingCycle,
    BillingRun,
    NumberSeries,
    RunChunk,
    RunItem,
    Statement,
    StatementCoverage,
)
from statements.operations import calculate, chunks, issue, plan, work
from statements.problems import Problem
from tests.racing import together
from tests.statements import factories as make
from tests.statements.factories import IN_NOVEMBER, OCTOBER

pytestmark = pytest.mark.django_db(transaction=True)

# In the order they were made: were the overlap asked first, two inserts could end in a deadlock.
COVERAGE = ("coverage_one_live_statement", "coverage_no_overlap")
ONE_RUN = ("billing_run_one_unfinished_per_month", "billing_run_once_per_sequence")
MONTH = "2026-10"


def on_postgresql(test):
    """SQLite has one writer from the start of a transaction, so these races cannot be there."""
    skip = pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
    return pytest.mark.postgres(skip(test))


@pytest.fixture(autouse=True)
def world():
    make.make_world()


def home():
    service = make.make_home()
    make.read_steadily(service.channel, OCTOBER)
    return service


def planned(homes: int = 1) -> BillingRun:
    for _ in range(homes):
        home()
    return plan_it()


def plan_it() -> BillingRun:
    return plan.plan(BillingCycle.objects.get(), MONTH, as_of=IN_NOVEMBER, started_by="system")


def names(errors: list[Exception | None]) -> list[str]:
    return sorted(type(error).__name__ for error in errors if error)


def after_both(monkeypatch, module, name: str) -> None:
    """Let nobody go on from a function before both have come out of it."""
    gate, function = threading.Barrier(2), getattr(module, name)

    def waiting(*args, **options):
        found = function(*args, **options)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(module, name, waiting)


@contextmanager
def without(*constraints: str) -> Iterator[None]:
    """Drop PostgreSQL constraints and unique indexes, and put them back on emptied tables."""
    with connection.cursor() as cursor:
        undo = [_drop(cursor, name) for name in constraints]
    try:
        yield
    finally:
        with unguarded(connection), connection.cursor() as cursor:
            cursor.execute("TRUNCATE statements_billingrun, statements_statement CASCADE")
            for sql in undo:
                cursor.execute(sql)


def _drop(cursor, name: str) -> str:
    cursor.execute(
        "SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
        [name],
    )
    if found := cursor.fetchone():
        cursor.execute(f"ALTER TABLE {found[0]} DROP CONSTRAINT {name}")
        return f"ALTER TABLE {found[0]} ADD CONSTRAINT {name} {found[1]}"
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
    [definition] = cursor.fetchone()
    cursor.execute(f"DROP INDEX {name}")
    return definition


# --- the coverage guard: no time of an agreement is billed twice


def calculate_twice(monkeypatch) -> list[Exception | None]:
    """Calculate one account in two transactions that both saw that it is not billed yet."""
    run = planned()
    after_both(monkeypatch, calculate, "load")

    def once() -> None:
        with transaction.atomic():
            calculate._calculate(chunks.items(run=run), run)

    return together(once, once)


@on_postgresql
def test_without_the_guard_two_calculations_bill_the_month_twice(monkeypatch):
    with without(*COVERAGE):
        assert calculate_twice(monkeypatch) == [None, None]

        assert Statement.objects.count() == 2
        assert StatementCoverage.objects.filter(live=True).count() == 2


@on_postgresql
def test_with_the_guard_the_second_calculation_is_refused(monkeypatch):
    assert names(calculate_twice(monkeypatch)) == ["IntegrityError"]

    assert Statement.objects.get().state == Statement.State.APPROVED
    assert StatementCoverage.objects.get().live


# --- the lease: who has lost it leaves nothing behind


def take(owner: str, seconds: int) -> RunChunk:
    [chunk] = claim(
        RunChunk.objects.filter(state="pending"),
        owner=owner,
        limit=1,
        lease=timedelta(seconds=seconds),
    )
    return chunk


def overtaken(monkeypatch) -> list[Exception | None]:
    """A worker falls asleep over its inputs until its heir has done the chunk; return the errors."""
    planned()
    zombie = take("zombie", -1)
    asleep, heir_is_done = threading.Event(), threading.Event()
    load = calculate.load

    def load_and_fall_asleep(*args):
        loaded = load(*args)
        if not asleep.is_set():
            asleep.set()
            assert heir_is_done.wait(timeout=20)
        return loaded

    def heir() -> None:
        assert asleep.wait(timeout=20)
        try:
            calculate.calculate_chunk(take("heir", 60), owner="heir")
        finally:
            heir_is_done.set()

    monkeypatch.setattr(calculate, "load", load_and_fall_asleep)
    return together(lambda: calculate.calculate_chunk(zombie, owner="zombie"), heir)


@on_postgresql
def test_without_the_lease_a_worker_that_wakes_up_bills_again(monkeypatch):
    def settle_anyway(row, *, owner, **changes):
        type(row).objects.filter(pk=row.pk).update(lease_owner="", lease_until=None, **changes)

    monkeypatch.setattr(chunks, "settle", settle_anyway)
    with without(*COVERAGE):  # the second line of defence would hide it
        assert overtaken(monkeypatch) == [None, None]

        assert Statement.objects.count() == 2


@on_postgresql
def test_with_the_lease_a_worker_that_wakes_up_leaves_nothing(monkeypatch):
    assert chunks.settle is leases.settle
    with without(*COVERAGE):
        errors = overtaken(monkeypatch)

        assert names(errors) == ["LeaseLost"]
        assert Statement.objects.count() == 1
        assert RunChunk.objects.get().state == "done"


def park_too_late(monkeypatch, settings, park) -> RunItem:
    """A worker finds a problem; before it writes that down, its heir has billed the account."""
    settings.LEASE_SECONDS = 0
    run = planned()
    RunChunk.objects.update(attempts=1)  # the items go alone
    zombie = take("zombie", -1)
    with_lease = chunks._park

    def after_the_heir(*args):
        monkeypatch.setattr(chunks, "_park", with_lease)
        calculate.calculate_chunk(take("heir", 60), owner="heir")
        return (park or with_lease)(*args)

    def in_trouble(items, run):
        raise Problem("missing_reads", "they come in a moment")

    monkeypatch.setattr(chunks, "_park", after_the_heir)
    with suppress(LeaseLost):
        chunks.process(zombie, owner="zombie", pending=chunks.items, work=in_trouble)
    assert Statement.objects.get(run=run).state == Statement.State.APPROVED
    return RunItem.objects.get()


def test_without_the_lease_a_late_worker_parks_what_its_heir_has_billed(monkeypatch, settings):
    def park_anyway(item, before, problem, chunk, owner):
        RunItem.objects.filter(pk=item.pk).update(state="parked", error_code=problem.code)

    assert park_too_late(monkeypatch, settings, park_anyway).state == "parked"


def test_with_the_lease_the_heir_has_the_last_word(monkeypatch, settings):
    item = park_too_late(monkeypatch, settings, None)

    assert (item.state, item.error_code) == ("calculated", "")


def test_an_attempt_that_the_database_broke_off_is_not_counted(settings):
    settings.LEASE_SECONDS = 0
    planned()
    RunChunk.objects.update(attempts=1)

    def broken_off(items, run):
        raise chunks.OperationalError("the server went away")

    for _ in range(chunks.MAX_ATTEMPTS + 1):
        with pytest.raises(chunks.OperationalError):
            chunks.process(
                take("worker", -1),
                owner="worker",
                pending=chunks.items,
                work=broken_off,
            )

    assert RunItem.objects.values_list("state", "attempts").get() == ("pending", 0)


# --- the number series: without gap, without repeat


def issue_two_at_once(monkeypatch, take_numbers=None) -> list[Exception | None]:
    """Issue two accounts in two transactions that come to their numbers in the same moment."""
    run = planned(homes=3)
    while work.advance(run.pk) == BillingRun.State.RATING:
        work.step(run)

    def one(item: chunks.Item) -> None:
        with transaction.atomic():
            issue._issue([item], run)

    # The first opens the accounts of the books that all need: then two meet at the numbers alone.
    before, first, second = chunks.items(run=run)
    one(before)
    if take_numbers:
        monkeypatch.setattr(numbers, "take", take_numbers)
    return together(lambda: one(first), lambda: one(second))


@on_postgresql
def test_without_the_counter_two_take_the_same_number(monkeypatch):
    gate = threading.Barrier(2)

    def newest_plus_one(prefix, *, year, count):
        taken = Statement.objects.exclude(number=None).count()
        gate.wait(timeout=20)
        return [f"{prefix}-{year}-{taken + 1:06d}"]

    errors = issue_two_at_once(monkeypatch, newest_plus_one)

    [error] = [error for error in errors if error]
    assert isinstance(error, DatabaseError)
    assert Statement.objects.exclude(number=None).count() == 2


@on_postgresql
def test_with_the_counter_each_gets_its_own(monkeypatch):
    assert issue_two_at_once(monkeypatch) == [None, None]

    found = Statement.objects.order_by("number").values_list("number", flat=True)
    assert list(found) == [f"B-2026-{n:06d}" for n in (1, 2, 3)]
    assert NumberSeries.objects.get().last == 3


def test_a_rollback_gives_its_numbers_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        assert numbers.take("B", year=2026, count=3)[-1] == "B-2026-000003"
        raise RuntimeError

    with transaction.atomic():
        assert numbers.take("B", year=2026, count=1) == ["B-2026-000001"]


# --- the plan: one unfinished run, each account once


def plan_twice(monkeypatch) -> list[Exception | None]:
    """Plan in two transactions that both saw no run."""
    home()
    gate, look = threading.Barrier(2), plan._unfinished
    waited = threading.local()

    def look_together(*args):
        found = look(*args)
        if not getattr(waited, "once", False):
            waited.once = True
            gate.wait(timeout=20)
        return found

    monkeypatch.setattr(plan, "_unfinished", look_together)
    return together(plan_it, plan_it)


@on_postgresql
def test_without_the_guard_two_plans_make_two_runs(monkeypatch):
    with without(*ONE_RUN):
        assert plan_twice(monkeypatch) == [None, None]

        assert BillingRun.objects.count() == 2
        assert RunItem.objects.count() == 2


@on_postgresql
def test_with_the_guard_the_second_plan_joins_the_first(monkeypatch):
    assert plan_twice(monkeypatch) == [None, None]

    assert BillingRun.objects.count() == RunItem.objects.count() == 1


# --- all of it, on both databases


def test_eight_threads_plan_and_work_the_same_month(settings):
    settings.LEASE_SECONDS = 60
    for _ in range(12):
        home()

    def whole_month() -> None:
        run = plan_it()
        while work.step(run) or work.advance(run.pk) not in BillingRun.FINISHED:
            pass

    errors = together(*[whole_month] * 8)

    assert errors == [None] * 8
    assert RunItem.objects.filter(state="issued").count() == RunItem.objects.count() == 12
    found = Statement.objects.order_by("number").values_list("number", flat=True)
    assert list(found) == [f"B-2026-{n:06d}" for n in range(1, 13)]
    assert Statement.objects.values("account").distinct().count() == 12

"""What a billing run does, in numbers that do not depend on the machine."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Sum

from benchmarks import floors
from benchmarks.billrun import chunk_round_trips
from benchmarks.databases import NoPostgreSQL, require_postgresql
from benchmarks.measure import meets
from benchmarks.steps import calculate_all, issue_all, planned
from benchmarks.world import build
from billing_site.management.commands.bench import existing, is_missed
from core.jobs import claim, worker_name
from ledger.models import Posting
from statements.models import BillingRun, RunChunk, Statement, StatementLine, Trace
from statements.operations.calculate import calculate_chunk
from statements.operations.chunks import lease
from statements.verify import verify

ROUND_TRIPS = 14


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accounts", [50, 300])
def test_a_chunk_takes_few_round_trips_whatever_its_size(accounts):
    run = planned(build(accounts).month)

    calculate, _ = chunk_round_trips(run)

    assert calculate == ROUND_TRIPS
    assert Statement.objects.filter(run=run).count() == accounts


@pytest.mark.django_db(transaction=True)
def test_a_chunk_that_is_done_writes_nothing_when_it_comes_again():
    run = planned(build(20).month)
    calculate_all(run)
    before = _rows()

    [chunk] = RunChunk.objects.filter(run=run, phase=RunChunk.Phase.CALCULATE)
    RunChunk.objects.filter(pk=chunk.pk).update(state="pending", attempts=0)
    [again] = claim(
        RunChunk.objects.filter(pk=chunk.pk), owner=worker_name(), limit=1, lease=lease()
    )
    calculate_chunk(again, owner=worker_name())

    assert _rows() == before


@pytest.mark.django_db(transaction=True)
def test_a_run_balances_and_can_be_recomputed():
    run = planned(build(20).month)

    calculate_all(run)
    issue_all(run)

    assert BillingRun.objects.get(pk=run.pk).state == BillingRun.State.COMPLETED
    assert Posting.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    assert list(verify(Statement.objects.filter(run=run))) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_floor_writes_the_same_rows():
    world = build(20)
    run = planned(world.month)
    calculate_all(run)

    [batch] = floors.calculated(run, world)

    assert len(batch.channels) == 20
    assert [len(objects) for _, objects in batch.objects] == [
        20,
        20,
        StatementLine.objects.count(),
        20,
    ]


def test_a_goal_is_a_comparison():
    assert meets(0.7, ">= 0.65") and not meets(0.6, ">= 0.65")
    assert meets(14, "<= 14") and not meets(15, "<= 14")
    assert meets(99, "")


def test_only_counts_are_judged_at_small_scale():
    ratio, count = {"pass": False, "is_count": False}, {"pass": False, "is_count": True}

    assert is_missed(ratio, "full") and not is_missed(ratio, "small")
    assert is_missed(count, "small")


def test_every_benchmark_that_is_there_can_be_named():
    assert "billrun" in existing() and "growth" in existing()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="this is about other databases")
def test_without_postgresql_the_benchmark_says_what_to_do():
    with pytest.raises(NoPostgreSQL, match="make bench"):
        require_postgresql()


def _rows() -> tuple[int, int, int]:
    return Statement.objects.count(), StatementLine.objects.count(), Trace.objects.count()

"""The billing run, calculated and issued through the functions that workers run."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from benchmarks import floors, workers
from benchmarks.databases import copy_of, migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from benchmarks.steps import calculate_all, issue_all, planned, second_month
from benchmarks.world import World, build
from core.jobs import claim, worker_name
from statements.models import BillingRun, RunChunk, Statement, StatementLine
from statements.operations.calculate import calculate_chunk
from statements.operations.chunks import lease
from statements.rating.versions import tariffs_by_version
from tariffs.models import TariffVersion

SIZES = {"small": 2_000, "full": 20_000}


@dataclass
class _Measured:
    """The costs of each repeat, side by side."""

    calculate: list[Cost] = field(default_factory=list)
    floor: list[Cost] = field(default_factory=list)
    objects: list[Cost] = field(default_factory=list)
    issue: list[Cost] = field(default_factory=list)
    issue_floor: list[Cost] = field(default_factory=list)
    rows_of_rerun: int = 0
    ledger_sum: int = 0


def run(scale: str, repeat: int) -> list[Record]:
    """Measure a run of the scale's number of accounts against its floors.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    logging.disable(logging.INFO)
    n = SIZES[scale]
    with migrated() as template:
        world, billing_run = second_month(n)
        measured = _alternately(template, billing_run, world, repeat)
        walls = {count: _wall_s(template, billing_run, count) for count in (1, 2)}
    trips = _trips_by_size((50, 300))
    return [*_ratios(measured, walls, n, repeat), *_counts(measured, trips, n, repeat)]


def _alternately(template: str, billing_run: BillingRun, world: World, repeat: int) -> _Measured:
    measured = _Measured()
    with copy_of(template):  # what the floors write again; and everything is imported now
        calculate_all(billing_run)
        batches = floors.calculated(billing_run, world)
        issue_all(billing_run)
        issue_batches = floors.issued(billing_run)
        _check(billing_run, world, measured)
    gc.freeze()  # what the floors keep is no business of the product's collector
    for _ in range(repeat):
        with copy_of(template):
            measured.calculate.append(_cost(calculate_all, billing_run))
            measured.issue.append(_cost(issue_all, billing_run))
        with copy_of(template):
            measured.floor.append(_cost(floors.replay, batches, world.month))
            measured.issue_floor.append(_cost(floors.replay_issue, issue_batches))
        with copy_of(template):
            measured.objects.append(_cost(floors.replay_by_objects, batches, world.month))
    return measured


def _cost(work: Callable[..., None], *arguments: Any) -> Cost:
    connection.ensure_connection()
    with costs() as cost:
        work(*arguments)
    return cost


def _check(billing_run: BillingRun, world: World, measured: _Measured) -> None:
    """Do the finished chunks again, and sum the ledger."""
    before = _rows()
    for chunk in RunChunk.objects.filter(run=billing_run, phase=RunChunk.Phase.CALCULATE):
        RunChunk.objects.filter(pk=chunk.pk).update(state="pending")
        for again in claim(
            RunChunk.objects.filter(pk=chunk.pk), owner=worker_name(), limit=1, lease=lease()
        ):
            calculate_chunk(again, owner=worker_name())
    measured.rows_of_rerun = _rows() - before
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(amount), 0), count(*) FROM ledger_posting")
        total, count = cursor.fetchone()
    measured.ledger_sum = int(total) if count >= len(world.accounts) else -1


def _rows() -> int:
    return Statement.objects.count() + StatementLine.objects.count()


def _wall_s(template: str, billing_run: BillingRun, processes: int) -> float:
    with copy_of(template) as name:
        connection.close()
        return workers.wall_s(workers.calculate(name, billing_run.pk, processes))


def _trips_by_size(sizes: tuple[int, ...]) -> dict[int, tuple[int, int]]:
    """Return, for chunks of these sizes, the round trips of calculate and of the whole step."""
    return {size: _trips(size) for size in sizes}


def _trips(size: int) -> tuple[int, int]:
    with migrated():
        return chunk_round_trips(planned(build(size).month))


def chunk_round_trips(billing_run: BillingRun) -> tuple[int, int]:
    """Calculate one chunk of a run; return its round trips, alone and with the claim."""
    tariffs_by_version(TariffVersion.objects.values_list("pk", "digest"))  # as in a warm worker
    chunks = RunChunk.objects.filter(run=billing_run, state="pending")
    with costs() as whole:
        [chunk] = claim(chunks, owner=worker_name(), limit=1, lease=lease())
        with costs() as alone:
            calculate_chunk(chunk, owner=worker_name())
    return alone.round_trips, whole.round_trips


def _ratios(m: _Measured, walls: dict[int, float], n: int, repeat: int) -> list[Record]:
    def cpu(costs_of: list[Cost]) -> list[float]:
        return [cost.cpu_us(n) for cost in costs_of]

    product, floor, objects = middle(m.calculate), middle(m.floor), middle(m.objects)
    issue, issue_floor = middle(m.issue), middle(m.issue_floor)
    common: dict[str, Any] = {"n": n, "repeat": repeat}
    return [
        record(
            "billrun: calculate, floor / product",
            unit="µs CPU/statement",
            product=product.cpu_us(n),
            floor=floor.cpu_us(n),
            ratio=median_ratio(cpu(m.floor), cpu(m.calculate)),
            goal=">= 0.65",
            cost=product,
            **common,
        ),
        record(
            "billrun: calculate, bulk_create / product",
            unit="µs CPU/statement",
            product=product.cpu_us(n),
            floor=objects.cpu_us(n),
            ratio=median_ratio(cpu(m.objects), cpu(m.calculate)),
            goal=">= 3",
            cost=product,
            **common,
        ),
        record(
            "billrun: 2 processes / 1",
            unit="s wall",
            product=walls[2],
            floor=walls[1],
            ratio=walls[1] / walls[2],
            goal=">= 1.8",
            **common,
        ),
        record(
            "billrun: issue, floor / product",
            unit="µs CPU/statement",
            product=issue.cpu_us(n),
            floor=issue_floor.cpu_us(n),
            ratio=median_ratio(cpu(m.issue_floor), cpu(m.issue)),
            goal="",
            cost=issue,
            **common,
        ),
        record(
            "billrun: issue",
            unit="statements/CPU s",
            product=n / issue.cpu_s,
            goal=">= 30000",
            cost=issue,
            **common,
        ),
    ]


def _counts(m: _Measured, trips: dict[int, tuple[int, int]], n: int, repeat: int) -> list[Record]:
    alone = [trip for trip, _ in trips.values()]
    wal = middle(m.calculate).wal_bytes / n
    floor_wal = middle(m.floor).wal_bytes / n

    def counted(name: str, product: float, goal: str, unit: str, **more: Any) -> Record:
        return record(
            f"billrun: {name}", n=n, repeat=repeat, unit=unit, product=product, goal=goal,
            is_count=True, **more,
        )  # fmt: skip

    return [
        counted("round trips of a chunk", max(alone), "<= 14", "calculate"),
        counted("more for 300 than for 50", max(alone) - min(alone), "== 0", "round trips"),
        counted("with claim", max(w for _, w in trips.values()), "", "round trips"),
        counted(
            "WAL, calculate, product / floor",
            wal,
            "<= 1.3",
            "B/statement",
            floor=floor_wal,
            ratio=wal / floor_wal,
        ),
        counted("done chunks again", m.rows_of_rerun, "== 0", "rows"),
        counted("sum of all postings", m.ledger_sum, "== 0", "minor units"),
    ]

"""Does a statement cost the same however many there are? Calculates ever larger utilities."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import connection

from benchmarks import workers
from benchmarks.databases import copy_of, migrated, require_postgresql
from benchmarks.measure import Record, record
from benchmarks.steps import second_month
from benchmarks.workers import Worked

SIZES = {"small": (500, 2_000), "full": (1_000, 10_000, 100_000)}
COMPARED_WITH = {"small": 500, "full": 10_000}
MOST_RSS_MB = 250


@dataclass(frozen=True)
class _Size:
    """The cheapest repeat of one size, and the most memory that any needed."""

    cpu_us: float
    peak_rss: float


def run(scale: str, repeat: int) -> list[Record]:
    """Calculate utilities of each size in a process of their own.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    logging.disable(logging.INFO)
    measured = {n: _measure(n, repeat) for n in SIZES[scale]}
    base = measured[COMPARED_WITH[scale]]
    records = []
    for n, size in measured.items():
        is_judged = n == max(measured)
        records.append(
            record(
                f"growth: {n} accounts",
                n=n,
                repeat=repeat,
                unit="µs CPU/statement",
                product=size.cpu_us,
                floor=base.cpu_us,
                ratio=size.cpu_us / base.cpu_us,
                goal="<= 1.15" if is_judged else "",
            )
        )
        records.append(
            record(
                f"growth: worker with {n} accounts",
                n=n,
                repeat=repeat,
                unit="MB peak",
                product=size.peak_rss,
                goal=f"<= {MOST_RSS_MB}",
            )
        )
    return records


def _measure(n: int, repeat: int) -> _Size:
    with migrated() as template:
        _, billing_run = second_month(n)
        worked = [_work(template, billing_run.pk) for _ in range(repeat)]
    return _Size(min(w.cpu_s for w in worked) / n * 1e6, max(w.peak_rss for w in worked))


def _work(template: str, run_id: int) -> Worked:
    with copy_of(template) as name:
        connection.close()
        [worked] = workers.calculate(name, run_id, processes=1)
        return worked

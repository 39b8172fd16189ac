"""Run workers in processes of their own, all let go at the same moment.

Imports no model: a new process imports this module before Django is set up.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier


@dataclass(frozen=True)
class Worked:
    """What one worker did: moments of the machine's steady clock, CPU, and its memory."""

    started: float
    ended: float
    cpu_s: float  # its own and that of its session's server process
    peak_rss: float  # MB


def calculate(database: str, run_id: int, processes: int) -> list[Worked]:
    """Calculate a planned run with so many processes; return what each of them did."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=_work, args=(database, run_id, barrier, results))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    worked = [results.get(timeout=3600) for _ in workers]
    for worker in workers:
        worker.join()
    return worked


def wall_s(worked: Sequence[Worked]) -> float:
    """Return the time from letting all go to the end of the last."""
    return max(w.ended for w in worked) - min(w.started for w in worked)


def _work(database: str, run_id: int, barrier: Barrier, results: Queue[Worked]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_site.settings")
    import django

    django.setup()
    import logging

    from benchmarks.databases import using
    from benchmarks.measure import costs, peak_rss_mb
    from benchmarks.steps import calculate_all
    from statements.models import BillingRun

    logging.disable(logging.INFO)
    with using(database):
        run = BillingRun.objects.get(pk=run_id)
        barrier.wait(timeout=600)
        started = time.monotonic()
        with costs() as cost:
            calculate_all(run)
        results.put(Worked(started, time.monotonic(), cost.cpu_s, peak_rss_mb()))

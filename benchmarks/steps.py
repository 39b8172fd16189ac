"""A billing run taken through its real steps, phase by phase."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from benchmarks.databases import analyse
from benchmarks.world import World, add_reads, build, month_period
from statements.models import BillingCycle, BillingRun
from statements.operations import work
from statements.operations.plan import plan

BEFORE, MONTH = "2026-09", "2026-10"


def planned(month: str) -> BillingRun:
    """Plan the month's run of the monthly cycle, as of the third day after it."""
    cycle = BillingCycle.objects.get(code="monthly")
    as_of = month_period(month).ends_at + timedelta(days=2, hours=12)
    return plan(cycle, month, as_of=as_of, started_by="benchmark")


def second_month(n: int) -> tuple[World, BillingRun]:
    """Make a utility whose first month is billed and issued, and plan its second.

    So ledger accounts exist and the planner has numbers, as in all months but the first.
    """
    world = replace(build(n, month=BEFORE), month=MONTH)
    first = planned(BEFORE)
    calculate_all(first)
    issue_all(first)
    add_reads(world.channels, MONTH, interval_s=world.interval_s, seed=8)
    run = planned(MONTH)
    analyse()
    return world, run


def calculate_all(run: BillingRun) -> None:
    """Work until no chunk is left to calculate, also by others."""
    _until(run, {BillingRun.State.ISSUING, *BillingRun.FINISHED})


def issue_all(run: BillingRun) -> None:
    """Work until everything is issued."""
    _until(run, set(BillingRun.FINISHED))


def _until(run: BillingRun, states: set[BillingRun.State]) -> None:
    while not _reached(run, states):
        if not work.step(run):
            time.sleep(0.005)  # another process has the last chunk


def _reached(run: BillingRun, states: set[BillingRun.State]) -> bool:
    return BillingRun.objects.filter(pk=run.pk, state__in=states).exists()

"""A billing run taken through its real steps, phase by phase."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from statements.models import BillingCycle, BillingRun, RunChunk
from statements.operations import work
from statements.operations.plan import plan

AS_OF = datetime(2026, 11, 3, 12, tzinfo=UTC)
PHASE = RunChunk.Phase


def planned(month: str) -> BillingRun:
    """Plan the month's run of the monthly cycle."""
    cycle = BillingCycle.objects.get(code="monthly")
    return plan(cycle, month, as_of=AS_OF, started_by="benchmark")


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

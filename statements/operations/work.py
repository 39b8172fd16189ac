"""Work through the chunks of a run, beside any other workers: claim one, do it, move on."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.jobs import LeaseLost, claim, worker_name
from statements.models import BillingRun, RunChunk, RunItem, Statement
from statements.operations import asking
from statements.operations.calculate import calculate_chunk
from statements.operations.chunks import lease
from statements.operations.issue import issue_chunk

logger = logging.getLogger(__name__)

ISSUE_SIZE = 200
WORK = {RunChunk.Phase.CALCULATE: calculate_chunk, RunChunk.Phase.ISSUE: issue_chunk}


def step(run: BillingRun | None = None) -> bool:
    """Do one free chunk, of the run or of any, and say whether there was one."""
    owner = worker_name()
    chunks = claim(_open_chunks(run), owner=owner, limit=1, lease=lease())
    for chunk in chunks:
        try:
            WORK[RunChunk.Phase(chunk.phase)](chunk, owner=owner)
        except LeaseLost:
            logger.info("run_chunk.taken_over", extra={"chunk": chunk.pk})
        advance(chunk.run_id)
    return bool(chunks)


def _open_chunks(run: BillingRun | None) -> QuerySet[RunChunk]:
    chunks = RunChunk.objects.filter(state="pending")
    if run:
        chunks = chunks.filter(run=run)
    return chunks.order_by("run_id", "phase", "number")


@transaction.atomic
def advance(run_id: int) -> BillingRun.State:
    """Move a run to its next state if everything before is done; any worker may call it."""
    run = BillingRun.objects.select_for_update().get(pk=run_id)
    state = BillingRun.State
    if run.state == state.RATING and not _is_busy(run, RunChunk.Phase.CALCULATE):
        approved = not _statements(run, Statement.State.CALCULATED).exists()
        _enter(run, state.ISSUING if approved else state.AWAITING_APPROVAL)
    is_issuing = run.state == state.ISSUING and not _is_busy(run, RunChunk.Phase.ISSUE)
    if is_issuing and not _plan_issue(run):
        if _statements(run, Statement.State.CALCULATED).exists():  # released since the approval
            _enter(run, state.AWAITING_APPROVAL)
        else:
            _finish(run)
    return state(run.state)


def _is_busy(run: BillingRun, phase: str) -> bool:
    return RunChunk.objects.filter(run=run, phase=phase, state="pending").exists()


def _statements(run: BillingRun, state: str) -> QuerySet[Statement]:
    return Statement.objects.filter(run=run, state=state)


def _enter(run: BillingRun, state: str) -> None:
    run.state = state
    run.save(update_fields=["state", "finished_at"])
    asking.keep_request(run)
    logger.info("billing_run.moved", extra={"run": run.pk, "state": state})


def _plan_issue(run: BillingRun) -> bool:
    """Make issue chunks for approved statements that have none yet; say whether there were any."""
    keys = _to_issue(run)
    first = RunChunk.objects.filter(run=run, phase=RunChunk.Phase.ISSUE).count()
    for number, start in enumerate(range(0, len(keys), ISSUE_SIZE), first):
        chunk = RunChunk.objects.create(
            run=run, phase=RunChunk.Phase.ISSUE, number=number, state="pending", due_at=run.as_of
        )
        batch = keys[start : start + ISSUE_SIZE]
        RunItem.objects.filter(pk__one_of=batch).update(issue_chunk=chunk, attempts=0)
    return bool(keys)


def _to_issue(run: BillingRun) -> list[int]:
    """Return the items to issue, in the order of their accounts.

    Two plain reads: without statistics of a new run, a join reads all its statements for each item.
    """
    approved = set(_statements(run, Statement.State.APPROVED).values_list("account_id", flat=True))
    items = RunItem.objects.filter(issue_chunk=None, run=run, state=RunItem.State.CALCULATED)
    rows = items.order_by("account_id").values_list("pk", "account_id")
    return [pk for pk, account in rows if account in approved]


def _finish(run: BillingRun) -> None:
    open_items = RunItem.objects.filter(run=run).exclude(
        state__in=(RunItem.State.ISSUED, RunItem.State.SKIPPED)
    )
    run.finished_at = clock.now()
    state = BillingRun.State
    _enter(run, state.COMPLETED_WITH_EXCEPTIONS if open_items.exists() else state.COMPLETED)

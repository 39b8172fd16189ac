"""One way to take a chunk through its work: together first, then account by account."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from core import clock
from core.failpoints import hit
from core.jobs import LeaseLost, settle
from statements.models import BillingRun, RunChunk, RunItem
from statements.problems import Problem

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
PASSING = (LeaseLost, OperationalError, InterfaceError)  # not the account's fault: try again later

Work = Callable[[Sequence[RunItem], BillingRun], None]


def lease() -> timedelta:
    """Return how long a worker holds a chunk before another may take it over (real time)."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def process(
    chunk: RunChunk, *, owner: str, pending: Callable[[], list[RunItem]], work: Work
) -> None:
    """Do the work for all pending items of the chunk and mark it done.

    The first attempt takes them in one transaction. After an error, or a worker that died, each
    item goes alone and counts its own attempts; what fails alone is parked.

    :raises LeaseLost: if another worker has the chunk by now; nothing of ours is left then
    """
    run = BillingRun.objects.select_related("cycle").get(pk=chunk.run_id)
    if chunk.attempts == 1 and _together(chunk, run, owner, pending, work):
        return
    for item in pending():
        _alone(item, chunk, run, owner, work)
    settle(chunk, owner=owner, state="done", done_at=clock.real_now())


def _together(
    chunk: RunChunk,
    run: BillingRun,
    owner: str,
    pending: Callable[[], list[RunItem]],
    work: Work,
) -> bool:
    try:
        with transaction.atomic():
            work(pending(), run)
            hit(f"{chunk.phase}.before_commit", chunk=chunk.pk)
            settle(chunk, owner=owner, state="done", done_at=clock.real_now())
    except PASSING:
        raise
    except Exception as error:  # whatever it is, one of the accounts is at fault: find it
        logger.info("run_chunk.failed_together", extra={"chunk": chunk.pk, "error": repr(error)})
        return False
    hit(f"{chunk.phase}.after_commit", chunk=chunk.pk)
    return True


def _alone(item: RunItem, chunk: RunChunk, run: BillingRun, owner: str, work: Work) -> None:
    if item.attempts >= MAX_ATTEMPTS:
        park(item, Problem("crashed", f"{item.attempts} attempts ended without an answer"))
        return
    RunItem.objects.filter(pk=item.pk).update(attempts=F("attempts") + 1)
    try:
        with transaction.atomic():
            _keep_lease(chunk, owner)
            work([item], run)
            hit(f"{chunk.phase}.before_commit", chunk=chunk.pk)
    except PASSING:
        raise
    except Problem as problem:
        park(item, problem)
    except Exception as error:
        logger.exception("run_item.failed", extra={"item": item.pk})
        park(item, Problem("engine_error", f"{type(error).__name__}: {error}"))


def _keep_lease(chunk: RunChunk, owner: str) -> None:
    mine = RunChunk.objects.filter(pk=chunk.pk, lease_owner=owner)
    if not mine.update(lease_until=clock.real_now() + lease()):
        raise LeaseLost(f"chunk {chunk.pk} is not held by {owner}")


def park(item: RunItem, problem: Problem) -> None:
    """Take an account out of the run, with the reason; the others go on."""
    RunItem.objects.filter(pk=item.pk).update(
        state=RunItem.State.PARKED, error_code=problem.code, error=problem.detail[:2000]
    )
    logger.warning("run_item.parked", extra={"item": item.pk, "code": problem.code})

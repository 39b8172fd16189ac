"""One way to take a chunk through its work: together first, then account by account."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from core import clock
from core.failpoints import hit
from core.jobs import LeaseLost, settle
from core.scrubbing import scrubbed
from statements.models import BillingRun, RunChunk, RunItem
from statements.problems import Problem

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
PASSING = (LeaseLost, OperationalError, InterfaceError)  # not the account's fault: try again later


class Item(NamedTuple):
    """A row of `RunItem` as the work needs it."""

    pk: int
    account_id: int
    state: str
    attempts: int
    currency: str
    language: str
    email: str


ITEM = (
    *("pk", "account_id", "state", "attempts", "account__currency"),
    *("account__customer__language", "account__customer__email"),
)
Work = Callable[[Sequence[Item], BillingRun], None]


def items(**where: object) -> list[Item]:
    """Return the items that match, in the order of their accounts; one query."""
    rows = RunItem.objects.filter(**where).order_by("account_id").values_list(*ITEM)
    return list(map(Item._make, rows))


def lease() -> timedelta:
    """Return how long a worker holds a chunk before another may take it over (real time)."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def process(chunk: RunChunk, *, owner: str, pending: Callable[[], list[Item]], work: Work) -> None:
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
    pending: Callable[[], list[Item]],
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


def _alone(item: Item, chunk: RunChunk, run: BillingRun, owner: str, work: Work) -> None:
    if item.attempts >= MAX_ATTEMPTS:
        problem = Problem("crashed", f"{item.attempts} attempts ended without an answer")
        _park(item, item.state, problem, chunk, owner)
        return
    _count_attempt(item, chunk, owner)
    try:
        with transaction.atomic():
            _keep_lease(chunk, owner)
            work([item], run)
            hit(f"{chunk.phase}.before_commit", chunk=chunk.pk)
    except PASSING:
        _forget_attempt(item)
        raise
    except Problem as problem:
        _park(item, item.state, problem, chunk, owner)
    except Exception as error:
        logger.exception("run_item.failed", extra={"item": item.pk})
        unforeseen = Problem("engine_error", f"{type(error).__name__}: {error}")
        _park(item, item.state, unforeseen, chunk, owner)


@transaction.atomic
def _count_attempt(item: Item, chunk: RunChunk, owner: str) -> None:
    """Commit the attempt before the work: one that kills the worker counts too."""
    _keep_lease(chunk, owner)
    RunItem.objects.filter(pk=item.pk).update(attempts=F("attempts") + 1)


def _forget_attempt(item: Item) -> None:
    """Take back an attempt that the database broke off, if it can be reached."""
    with suppress(*PASSING):
        RunItem.objects.filter(pk=item.pk, attempts__gt=0).update(attempts=F("attempts") - 1)


def _keep_lease(chunk: RunChunk, owner: str) -> None:
    mine = RunChunk.objects.filter(pk=chunk.pk, lease_owner=owner)
    if not mine.update(lease_until=clock.real_now() + lease()):
        raise LeaseLost(f"chunk {chunk.pk} is not held by {owner}")


@transaction.atomic
def _park(item: Item, before: str, problem: Problem, chunk: RunChunk, owner: str) -> None:
    """Take an account out of the run, with the reason; the others go on.

    An item that is not in the state `before` any more was decided by somebody else.

    :raises LeaseLost: if another worker has the chunk by now, and with it the last word
    """
    _keep_lease(chunk, owner)
    RunItem.objects.filter(pk=item.pk, state=before).update(
        state=RunItem.State.PARKED, error_code=problem.code, error=scrubbed(problem.detail[:2000])
    )
    logger.warning("run_item.parked", extra={"item": item.pk, "code": problem.code})

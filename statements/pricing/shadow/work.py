"""Work through a shadow run, beside any other workers: claim a chunk, compare it, move on.

A chunk is all months of its accounts, written in one transaction: a worker that dies leaves
nothing behind, and whoever comes next does the same again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.failpoints import hit
from core.jobs import LeaseLost, claim, settle, worker_name
from core.updates import update_many
from statements.models import ShadowAccount, ShadowChunk, ShadowRun
from statements.operations.chunks import MAX_ATTEMPTS, PASSING, lease
from statements.pricing.shadow.compare import Compared, compare
from statements.pricing.shadow.draft import Draft
from statements.pricing.shadow.finish import finish
from statements.pricing.shadow.start import months_between
from statements.problems import Problem
from statements.rating.inputs import Payer

logger = logging.getLogger(__name__)
FAILURES = {
    "draft_changed": _("The draft was changed while it was compared. Start again."),
    "crashed": _("The calculation broke off three times. Report it to the developers."),
}
COLUMNS = ("id", "months", "months_missing", "use", "before_minor", "after_minor", "problem")


def step(run: ShadowRun | None = None) -> bool:
    """Do one free chunk, of the run or of any, and say whether there was one."""
    owner = worker_name()
    chunks = claim(_open_chunks(run), owner=owner, limit=1, lease=lease())
    for chunk in chunks:
        try:
            _work(chunk, owner)
        except LeaseLost:
            logger.info("shadow_chunk.taken_over", extra={"chunk": chunk.pk})
        advance(chunk.run_id)
    return bool(chunks)


def _open_chunks(run: ShadowRun | None) -> QuerySet[ShadowChunk]:
    chunks = ShadowChunk.objects.filter(state="pending", run__state__in=ShadowRun.OPEN)
    if run:
        chunks = chunks.filter(run=run)
    return chunks.order_by("run_id", "number")


@transaction.atomic
def advance(run_id: int) -> ShadowRun.State:
    """Sum up a run when everything is compared; any worker may call it."""
    run = ShadowRun.objects.select_for_update().get(pk=run_id)
    if not run.is_finished and not run.chunks.filter(state="pending").exists():
        finish(run, at=clock.now())
        logger.info("shadow_run.done", extra={"run": run.pk})
    return ShadowRun.State(run.state)


def _work(chunk: ShadowChunk, owner: str) -> None:
    started = ShadowRun.objects.filter(pk=chunk.run_id, state=ShadowRun.State.PLANNED)
    started.update(state=ShadowRun.State.RUNNING)
    run = _with_subject().get(pk=chunk.run_id)
    if run.subject.digest != run.digest:
        _fail(run, "draft_changed")
    elif chunk.attempts > MAX_ATTEMPTS:
        _fail(run, "crashed")
    else:
        try:
            _compare(chunk, run, owner)
        except Problem:  # of the draft: those of accounts are noted with them
            _fail(run, "draft_changed")


def _with_subject() -> QuerySet[ShadowRun]:
    return ShadowRun.objects.select_related("version__tariff", "plan_version__plan")


def _fail(run: ShadowRun, code: str) -> None:
    logger.warning("shadow_run.failed", extra={"run": run.pk, "why": code})
    ShadowRun.objects.filter(pk=run.pk, state__in=ShadowRun.OPEN).update(
        state=ShadowRun.State.FAILED, error=code, finished_at=clock.now()
    )


@transaction.atomic
def _compare(chunk: ShadowChunk, run: ShadowRun, owner: str) -> None:
    rows = _rows(chunk)
    sums = _sums([row.payer for row in rows], run)
    update_many(ShadowAccount, COLUMNS, [(r.pk, *sums.of(r.payer.account_id)) for r in rows])
    hit("shadow.before_commit", chunk=chunk.pk)
    problems = dict(sums.problems)
    settle(chunk, owner=owner, state="done", problems=problems, done_at=clock.real_now())


class _Row(NamedTuple):
    pk: int
    payer: Payer


def _rows(chunk: ShadowChunk) -> list[_Row]:
    found = ShadowAccount.objects.filter(chunk=chunk).order_by("account_id")
    columns = ("pk", "account_id", "account__currency", "account__customer__language")
    return [_Row(pk, Payer(*payer)) for pk, *payer in found.values_list(*columns)]


@dataclass
class _Sums:
    """What the months of the accounts of a chunk add up to."""

    months: Counter[int] = field(default_factory=Counter)
    missing: Counter[int] = field(default_factory=Counter)
    use: Counter[int] = field(default_factory=Counter)
    before: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    first: dict[int, str] = field(default_factory=dict)  # problem
    problems: Counter[str] = field(default_factory=Counter)

    def add(self, month: Compared) -> None:
        for account, use, before, after in month.differences:
            self.months[account] += 1
            self.use[account] += use
            self.before[account] += before
            self.after[account] += after
        for account, problem in month.problems.items():
            self.missing[account] += 1
            self.first.setdefault(account, problem.code)
            self.problems[problem.code] += 1

    def of(self, account: int) -> tuple[int, int, int, int, int, str]:
        numbers = (self.months, self.missing, self.use, self.before, self.after)
        months, missing, use, before, after = (each[account] for each in numbers)
        return months, missing, use, before, after, self.first.get(account, "")


def _sums(payers: Sequence[Payer], run: ShadowRun) -> _Sums:
    sums = _Sums()
    for month in months_between(run.first_month, run.last_month):
        sums.add(_compared(payers, month, run.subject))
    return sums


def _compared(payers: Sequence[Payer], month: str, draft: Draft) -> Compared:
    """Compare accounts together; after an error one by one, so that the others go on."""
    try:
        with transaction.atomic():
            return compare(payers, month, draft)
    except (*PASSING, Problem):
        raise
    except Exception as error:
        if len(payers) == 1:
            logger.exception("shadow_account.failed", extra={"account": payers[0].account_id})
            unforeseen = Problem("engine_error", f"{type(error).__name__}: {error}")
            return Compared(problems={payers[0].account_id: unforeseen})
    together = Compared()
    for payer in payers:
        together.add(_compared([payer], month, draft))
    return together

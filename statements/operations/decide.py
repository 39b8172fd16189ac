"""What people decide in a run: approve it, release a held bill, discard a draft, retry parked."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Approval, AuditEvent, User
from accounts.operations import approvals, audit
from core import clock
from statements.models import BillingRun, RunChunk, RunItem, Statement, StatementCoverage
from statements.operations import asking
from statements.operations.calculate import first_state


class NotNow(Exception):
    """The run or statement is not in a state in which this can be decided."""


class SecondPersonNeeded(Exception):
    """Who started a run does not approve it."""


@transaction.atomic
def approve_run(run: BillingRun, *, actor: User, asked: Approval | None = None) -> None:
    """Approve all calculated statements of a run that waits for its second person.

    :param asked: the request that the actor saw; else the one that waits, if any does
    :raises SecondPersonNeeded: if the actor started the run or released a bill of it
    :raises NotNow: if the run does not wait for approval
    :raises AlreadyDecided, ChangedSince: of `approvals`, if other bills wait by now
    """
    if actor.email == run.started_by or _has_released(run, actor):
        raise SecondPersonNeeded("somebody else must approve this run")
    waiting = BillingRun.objects.filter(pk=run.pk, state=BillingRun.State.AWAITING_APPROVAL)
    if not waiting.update(state=BillingRun.State.ISSUING, approved_by=actor.email):
        raise NotNow("this run does not wait for approval")
    _approve_request(run, actor, asked)
    Statement.objects.filter(run=run, state=Statement.State.CALCULATED).update(
        state=Statement.State.APPROVED
    )
    audit("billing_run.approve", run, actor=actor)


@transaction.atomic
def return_run(run: BillingRun, *, actor: User, reason: str, asked: Approval) -> None:
    """Say why a run is not approved as it is; it waits, and asks anew when its bills change.

    :raises SecondPersonNeeded: if the actor started the run or released a bill of it
    :raises ReasonMissing, AlreadyDecided: of `approvals`
    """
    if actor.email == run.started_by or _has_released(run, actor):
        raise SecondPersonNeeded("somebody else must decide about this run")
    approvals.reject(asked, decided_by=actor, note=reason, real_now=clock.real_now())
    audit("billing_run.return", run, actor=actor, detail={"reason": reason})


def _approve_request(run: BillingRun, actor: User, asked: Approval | None) -> None:
    """Decide on the request of a run; one that the timetable started has none."""
    waiting = asked or approvals.pending_for(asking.KIND, run)
    if waiting:
        approvals.approve(
            waiting,
            decided_by=actor,
            real_now=clock.real_now(),
            fingerprint=asking.fingerprint(run),
        )


def _has_released(run: BillingRun, actor: User) -> bool:
    """Say whether the bills that wait include one whose warning this person has overruled."""
    waiting = Statement.objects.filter(run=run, state=Statement.State.CALCULATED)
    keys = [str(pk) for pk in waiting.exclude(hold_code="").values_list("pk", flat=True)]
    released = AuditEvent.objects.filter(action="statement.release", actor=actor)
    return released.filter(object_key__in=keys).exists()


@transaction.atomic
def release(statement: Statement, *, reason: str, actor: User) -> None:
    """Let a held statement go on in spite of its warning; the reason stays in the audit trail.

    It is approved, or waits for the second person where the policy asks for one. A run that
    still calculates or waits for approval stays where it is.

    :raises NotNow: if the statement is not held, or another run of the month is not finished
    """
    if not reason.strip():
        raise NotNow("say why the statement may go out")
    run = _lock(statement.run_id)
    held = Statement.objects.filter(pk=statement.pk, state=Statement.State.HELD)
    if not held.update(state=first_state()):
        raise NotNow("this statement is not held")
    items = RunItem.objects.filter(run=statement.run_id, account=statement.account_id)
    items.update(state=RunItem.State.CALCULATED, issue_chunk=None)
    if run:
        asking.keep_request(run)
    if run and run.is_finished:
        _reopen(run, BillingRun.State.ISSUING)  # it moves on to the approval if one is needed
    detail = {"reason": reason, "held_for": statement.hold_code}
    audit("statement.release", statement, actor=actor, account=statement.account, detail=detail)


@transaction.atomic
def discard(statement: Statement, *, reason: str, actor: User | None) -> None:
    """Throw a draft away; it has no number and moved no money.

    :raises NotNow: if the statement is issued or discarded already
    """
    run = _lock(statement.run_id)
    states = Statement.State
    drafts = Statement.objects.filter(
        pk=statement.pk, state__in=(states.CALCULATED, states.HELD, states.APPROVED)
    )
    if not drafts.update(state=states.DISCARDED):
        raise NotNow("only a draft can be discarded")
    StatementCoverage.objects.filter(statement=statement).update(live=False)
    RunItem.objects.filter(run=statement.run_id, account=statement.account_id).update(
        state=RunItem.State.SKIPPED, error_code="discarded", error=reason
    )
    if run:
        asking.keep_request(run)
    detail = {"reason": reason}
    audit("statement.discard", statement, actor=actor, account=statement.account, detail=detail)


@transaction.atomic
def retry_parked(run: BillingRun, *, actor: User | None) -> int:
    """Put the parked accounts of a run back to work and return how many there were.

    :raises NotNow: if nothing is parked, or another run of the month is not finished
    """
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    parked = RunItem.objects.filter(run=run, state=RunItem.State.PARKED)
    drafted = Statement.objects.approved().filter(run=run).values("account")
    to_issue = parked.filter(account__in=drafted).update(
        state=RunItem.State.CALCULATED, issue_chunk=None, attempts=0, error_code="", error=""
    )
    keys = list(parked.values_list("pk", flat=True))
    if not keys and not to_issue:
        raise NotNow("nothing is parked in this run")
    if keys:
        _calculate_again(run, keys)
    if keys:
        _reopen(run, BillingRun.State.RATING)
    elif run.is_finished:
        _reopen(run, BillingRun.State.ISSUING)
    audit("billing_run.retry", run, actor=actor, detail={"accounts": len(keys) + to_issue})
    return len(keys) + to_issue


def _calculate_again(run: BillingRun, keys: list[int]) -> None:
    phase = RunChunk.Phase.CALCULATE
    number = RunChunk.objects.filter(run=run, phase=phase).count()
    chunk = RunChunk.objects.create(
        run=run, phase=phase, number=number, state="pending", due_at=clock.now()
    )
    RunItem.objects.filter(pk__in=keys).update(
        state=RunItem.State.PENDING, chunk=chunk, attempts=0, error_code="", error=""
    )


def _lock(run_id: int | None) -> BillingRun | None:
    """Keep the run from being moved on meanwhile; a statement without a run has none to lock."""
    if run_id is None:
        return None
    return BillingRun.objects.select_for_update().get(pk=run_id)


def _reopen(run: BillingRun, state: BillingRun.State) -> None:
    others = BillingRun.objects.filter(cycle=run.cycle_id, month=run.month).exclude(pk=run.pk)
    if others.exclude(state__in=BillingRun.FINISHED).exists():
        raise NotNow("another run of this month is not finished")
    BillingRun.objects.filter(pk=run.pk).update(state=state, finished_at=None)
    run.refresh_from_db()
    asking.keep_request(run)

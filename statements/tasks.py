"""Background work of billing: help unfinished runs along, prove issued statements again."""

from __future__ import annotations

import logging
import time

from celery import shared_task

from accounts.queries import utility_or_none
from core import clock
from core.periods import local_date
from statements import price_notices
from statements.models import BillingRun, ShadowRun, Statement
from statements.operations import moving, work
from statements.operations.retire import move_to_successors
from statements.pricing.shadow import work as shadow
from statements.pricing.suggestions import checking
from statements.verify import verify

logger = logging.getLogger(__name__)
TURN_SECONDS = 30  # a task ends well before its message is delivered again


@shared_task(name="statements.work_runs")
def work_runs() -> None:
    """Do free chunks of unfinished runs for a while; the database says what is left."""
    until = time.monotonic() + TURN_SECONDS
    unfinished = BillingRun.objects.exclude(state__in=BillingRun.FINISHED)
    for run in unfinished.order_by("pk"):
        work.advance(run.pk)
        while time.monotonic() < until and work.step(run):
            pass


@shared_task(name="statements.work_shadow_runs")
def work_shadow_runs() -> None:
    """Do free chunks of shadow runs for a while; the database says what is left."""
    until = time.monotonic() + TURN_SECONDS
    for run in ShadowRun.objects.filter(state__in=ShadowRun.OPEN).order_by("pk"):
        shadow.advance(run.pk)
        while time.monotonic() < until and shadow.step(run):
            pass


@shared_task(name="statements.compare_plans")
def compare_plans() -> None:
    """Have the plans of some customers compared with others, for the suggestions."""
    if utility_or_none() is not None:  # else nothing is set up yet
        checking.ask(asked_by=None, at=clock.now())


@shared_task(name="statements.work_savings")
def work_savings() -> None:
    """Do the comparison of plans that waits, if one does."""
    checking.step()


@shared_task(name="statements.work_plan_moves")
def work_plan_moves() -> None:
    """Move customers between plans for a while; the database says who is left."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until and moving.advance(moving.waiting(), now=clock.now()):
        pass


@shared_task(name="statements.verify_statements")
def verify_statements() -> None:
    """Compute every issued statement again from its frozen inputs and report what differs."""
    differing = list(verify(Statement.objects.visible()))
    for difference in differing:
        logger.error("statement.differs", extra={"statement": difference.statement_id})
    logger.info("statements.verified", extra={"differing": len(differing)})


@shared_task(name="statements.follow_price_book")
def follow_price_book() -> None:
    """Note what has expired, and move customers of plans that are offered no more."""
    utility = utility_or_none()
    if utility is None:  # nothing is set up yet
        return
    now = clock.now()
    today = local_date(now, utility.zone)
    expired = price_notices.note_and_tell_expired(today=today, at=now)
    price_notices.tell_ending(today=today, at=now, real_now=clock.real_now())
    moved = move_to_successors(now=now, today=today)
    for agreement, why in moved.refused:
        logger.warning("plan.not_moved", extra={"agreement": agreement, "why": why})
    logger.info("price_book.followed", extra={"expired": len(expired), "moved": moved.moved})

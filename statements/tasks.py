"""Background work of billing: help unfinished runs along, prove issued statements again."""

from __future__ import annotations

import logging
import time

from celery import shared_task

from statements.models import BillingRun, Statement
from statements.operations import work
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


@shared_task(name="statements.verify_statements")
def verify_statements() -> None:
    """Compute every issued statement again from its frozen inputs and report what differs."""
    differing = list(verify(Statement.objects.visible()))
    for difference in differing:
        logger.error("statement.differs", extra={"statement": difference.statement_id})
    logger.info("statements.verified", extra={"differing": len(differing)})

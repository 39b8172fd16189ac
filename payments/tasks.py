"""Work around what is owed and what the payment provider tells."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.conf import settings

from accounts.queries import utility
from core import clock
from core.jobs import worker_name
from core.periods import local_date
from payments import operations
from payments.bell import Bell
from payments.operations import inbox, janitor, late_fees, poll, refunds, withdraw

logger = logging.getLogger(__name__)
TURN_SECONDS = 30  # a task ends well before its message is delivered again


def charge_late_fees() -> None:
    """Charge the late fees that are due, and take back those of cancelled bills, every day."""
    now = clock.now()
    today = local_date(now, utility().zone)
    late_fees.waive_of_cancelled(today=today)
    late_fees.charge_late_fees(today=today, now=now)


def notify_overdue() -> None:
    """Remind once of every bill that became overdue; the timetable calls it every day."""
    now = clock.now()
    told = operations.notify_overdue(today=local_date(now, utility().zone), now=now)
    logger.info("statement.overdue", extra={"told": told})


def remind_of_due() -> None:
    """Remind of bills that will be due soon; the timetable calls it every day."""
    now = clock.now()
    told = operations.remind_of_due(today=local_date(now, utility().zone), now=now)
    logger.info("statement.due_soon", extra={"told": told})


@shared_task(name="payments.work_inbox")
def work_inbox() -> None:
    """Work off due events of the provider for a while; the database says what is left."""
    until = time.monotonic() + TURN_SECONDS
    while time.monotonic() < until and inbox.work(owner=worker_name(), now=clock.now()):
        pass


def ring_inbox() -> None:
    """Wake a worker for the inbox, if there is a broker; without it the next tick finds the rows.

    Waits for nobody: a broker that is away is no reason to keep the provider waiting.
    """
    if not settings.EMBEDDED_WORKER:
        inbox_bell.ring()


def _wake() -> None:
    work_inbox.apply_async(queue="outbound", expires=60, retry=False)


inbox_bell = Bell(_wake)


def poll_events() -> None:
    """Fetch the events whose webhooks never came; the timetable calls it every hour."""
    logger.info("event.polled", extra={"new": poll.poll(now=clock.real_now())})


def submit_refunds() -> None:
    """Send the refunds that were approved; a sweep calls it at every tick."""
    if sent := refunds.submit_due(now=clock.now()):
        logger.info("refund.submitted", extra={"sent": sent})


def look_after_payments() -> None:
    """Ask about attempts and refunds whose answer is due; a sweep calls it at every tick."""
    now = clock.now()
    looks = janitor.look_after_attempts(now=now) + janitor.look_after_refunds(now=now)
    if looks:
        logger.info("janitor.looked", extra={"looks": looks})


def expire_settled() -> None:
    """Close pages for bills that need no money any more; a sweep calls it at every tick."""
    if ended := withdraw.expire_settled(now=clock.now()):
        logger.info("attempt.withdrawn", extra={"ended": ended})

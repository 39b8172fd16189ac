"""Daily work around what is owed."""

from __future__ import annotations

import logging

from accounts.queries import utility
from core import clock
from core.periods import local_date
from payments import operations

logger = logging.getLogger(__name__)


def notify_overdue() -> None:
    """Remind once of every bill that became overdue; the timetable calls it every day."""
    now = clock.now()
    told = operations.notify_overdue(today=local_date(now, utility().zone), now=now)
    logger.info("statement.overdue", extra={"told": told})

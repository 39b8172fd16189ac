"""Background checks that read everything and change nothing."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from core.integrity import Scope
from reports import integrity

logger = logging.getLogger(__name__)


@shared_task(name="reports.check_books")
def check_books() -> None:
    """Check every invariant of the books and statements, and log what is violated."""
    with integrity.snapshot():
        results = integrity.check(Scope(now=clock.real_now()))
    for result in results:
        if result.violations:
            logger.error(
                "books.violated", extra={"code": result.code, "violations": result.violations}
            )
    logger.info("books.checked", extra={"checks": len(results)})

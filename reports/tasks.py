"""Background checks that read everything and change nothing."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task

from core import clock
from core.integrity import Scope
from payments import gateway as provider
from payments.checks import provider as provider_checks
from payments.gateway import ProviderError
from reports import integrity
from reports.manage import kept

logger = logging.getLogger(__name__)


LATELY = timedelta(days=3)  # each night looks at the last ones, so that each day is seen thrice


@shared_task(name="reports.check_books")
def check_books() -> None:
    """Check every invariant of the books and statements, log what is violated, and keep it.

    With a payment provider, the last days are compared with its books too.
    """
    reading = _provider_lately()
    with integrity.snapshot():
        results = integrity.check(Scope(now=clock.real_now()), reading=reading)
    for result in results:
        if result.violations:
            logger.error(
                "books.violated", extra={"code": result.code, "violations": result.violations}
            )
    kept.keep(results, real_now=clock.real_now())
    logger.info("books.checked", extra={"checks": len(results)})


def _provider_lately() -> provider_checks.Reading | None:
    gateway = provider.gateway()
    if gateway is None:
        return None
    now = clock.real_now()
    try:
        return provider_checks.read(gateway, now=now, since=now - LATELY)
    except ProviderError as error:
        logger.error("books.not_compared", extra={"error": type(error).__name__})
        return None

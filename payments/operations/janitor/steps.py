"""When the janitor looks again: soon, then hourly for a day, then daily for two weeks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import QuerySet

from core import clock
from core.jobs import LeaseLost
from core.jobs.leases import free
from payments.gateway import ProviderError
from payments.models import PaymentAttempt, Refund

FIRST = (1, 5, 30)  # times JANITOR_FIRST_SECONDS
HOURLY = 24
DAILY = 13
ABSENT_TWICE = timedelta(hours=1)  # between two looks that prove that something never was
BATCH = 50
ROUND_SECONDS = 30  # what is due and not reached by then is reached in the next round

Row = TypeVar("Row", PaymentAttempt, Refund)

logger = logging.getLogger(__name__)


def next_look(looks: int) -> timedelta | None:
    """Return how long to wait after so many looks; None when it is a person's turn."""
    if looks < len(FIRST):
        return timedelta(seconds=settings.JANITOR_FIRST_SECONDS * FIRST[looks])
    if looks < len(FIRST) + HOURLY:
        return timedelta(hours=1)
    if looks < len(FIRST) + HOURLY + DAILY:
        return timedelta(days=1)
    return None


def look_at_each(rows: QuerySet[Row], look: Callable[[Row], None], *, everything: bool) -> int:
    """Look at the rows that are due and that nobody is sending; return how many looks were taken.

    What goes wrong with one keeps no other waiting: it is looked at again by its steps.

    :param everything: look at all of them now, due or not, however long it takes
    """
    wanted = rows.filter(free(clock.real_now())).order_by("due_at", "pk")
    if not everything:
        wanted = wanted.filter(due_at__lte=clock.real_now())[:BATCH]
    until = time.monotonic() + ROUND_SECONDS
    taken = 0
    for row in wanted:
        if time.monotonic() > until and not everything:
            break
        if take(row):
            taken += 1
            _look(row, look)
    return taken


def take(row: Row) -> bool:
    """Count a look and plan the next one; say whether this look is ours.

    Two janitors never share a look, and one that dies leaves the next.
    """
    wait = next_look(row.looks + 1)
    due_at = clock.real_now() + wait if wait else None
    unseen = type(row)._default_manager.filter(pk=row.pk, state=row.state, looks=row.looks)
    return bool(unseen.update(looks=row.looks + 1, due_at=due_at))


def is_absent_again(row: Row) -> bool:
    """Note that the provider does not know of it; say whether that is proved by now."""
    now = clock.real_now()
    if row.absent_since is None:
        first = type(row)._default_manager.filter(pk=row.pk, absent_since=None)
        first.update(absent_since=now)
        return False
    return now - row.absent_since >= ABSENT_TWICE


def _look(row: Row, look: Callable[[Row], None]) -> None:
    name = {"model": row._meta.model_name, "uid": str(row.uid)}
    try:
        look(row)
    except (ProviderError, LeaseLost) as error:
        logger.warning("janitor.no_answer", extra={**name, "error": type(error).__name__})
    except Exception:
        logger.exception("janitor.failed", extra=name)

"""When the janitor looks again: soon, then hourly for a day, then daily for two weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from core import clock
from payments.models import PaymentAttempt, Refund

FIRST = (1, 5, 30)  # times JANITOR_FIRST_SECONDS
HOURLY = 24
DAILY = 13
WITHIN_KEY = len(FIRST) + 22  # looks within 23 hours: the provider still knows our key
ABSENT_TWICE = timedelta(hours=1)  # between two looks that prove that something never was

Row = TypeVar("Row", PaymentAttempt, Refund)


def next_look(looks: int) -> timedelta | None:
    """Return how long to wait after so many looks; None when it is a person's turn."""
    if looks < len(FIRST):
        return timedelta(seconds=settings.JANITOR_FIRST_SECONDS * FIRST[looks])
    if looks < len(FIRST) + HOURLY:
        return timedelta(hours=1)
    if looks < len(FIRST) + HOURLY + DAILY:
        return timedelta(days=1)
    return None


def take(row: Row, now: datetime) -> bool:
    """Count a look and plan the next one; say whether this look is ours.

    Two janitors never share a look, and one that dies leaves the next.

    :param now: real time
    """
    wait = next_look(row.looks + 1)
    mine = type(row)._default_manager.filter(pk=row.pk, state=row.state, looks=row.looks)
    return bool(mine.update(looks=row.looks + 1, due_at=now + wait if wait else None))


def is_last(row: Row) -> bool:
    """Say whether no look follows the one that was just taken."""
    return next_look(row.looks + 1) is None


def is_absent_again(row: Row) -> bool:
    """Note that the provider does not know of it; say whether that is proved by now."""
    now = clock.real_now()
    if row.absent_since is None:
        first = type(row)._default_manager.filter(pk=row.pk, absent_since=None)
        first.update(absent_since=now)
        return False
    return now - row.absent_since >= ABSENT_TWICE

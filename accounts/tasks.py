"""Housekeeping of the doors, and of the notes on how pages are used."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from celery import shared_task

from accounts import page_events
from accounts.models import AttemptLog
from core import clock

KEPT = timedelta(days=1)
AT_ONCE = 500


@shared_task
def forget_attempts() -> int:
    """Delete the tries that no limit counts any more and return how many rows went."""
    since = (clock.real_now() - KEPT).timestamp()
    logs = AttemptLog.objects.order_by("pk").iterator(chunk_size=AT_ONCE)
    old = (log.pk for log in logs if not log.tried_at or log.tried_at[-1] < since)
    gone = 0
    while keys := list(islice(old, AT_ONCE)):
        gone += AttemptLog.objects.filter(pk__in=keys).delete()[0]
    return gone


@shared_task
def forget_page_events() -> int:
    """Delete the notes on pages that are kept no longer and return how many."""
    return page_events.forget_old(clock.real_now())

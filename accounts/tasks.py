"""Housekeeping of the doors."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from accounts.models import AttemptLog
from core import clock

KEPT = timedelta(days=1)


@shared_task
def forget_attempts() -> int:
    """Delete the tries that no limit counts any more and return how many rows went."""
    since = (clock.real_now() - KEPT).timestamp()
    old = [
        log.pk
        for log in AttemptLog.objects.order_by("pk")[:5000]
        if not log.tried_at or log.tried_at[-1] < since
    ]
    return AttemptLog.objects.filter(pk__in=old).delete()[0]

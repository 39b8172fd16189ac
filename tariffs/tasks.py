"""Housekeeping of the price book."""

from __future__ import annotations

from celery import shared_task

from core import clock
from tariffs.exchange import kept


@shared_task(name="tariffs.forget_files")
def forget_files() -> int:
    """Delete the files that waited for longer than a day and return how many."""
    return kept.forget_old(clock.real_now())

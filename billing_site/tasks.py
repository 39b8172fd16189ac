"""The tick: the one message that beat sends."""

from __future__ import annotations

from celery import shared_task

from billing_site import timetable


@shared_task
def tick() -> None:
    """Run what the timetable has due and sweep the rows that wait for a worker."""
    timetable.run_due()

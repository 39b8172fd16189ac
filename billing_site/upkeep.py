"""Forget what is of no more use: finished slots of the timetable and old sessions."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command

from core import clock
from core.models import JobRun

KEEP_FINISHED = timedelta(days=90)


def tidy() -> None:
    finished = JobRun.objects.filter(state__in=[JobRun.State.DONE, JobRun.State.FAILED])
    finished.filter(finished_at__lt=clock.real_now() - KEEP_FINISHED).delete()
    call_command("clearsessions")

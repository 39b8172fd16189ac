"""The numbers behind /metrics: how much is waiting and how late the timetable is."""

from __future__ import annotations

from django.db.models import Count, Max

from core import clock
from core.models import Job, JobRun


def read() -> dict[str, float]:
    """Return each metric's name, with labels where it has any, and its value."""
    numbers: dict[str, float] = {}
    for row in Job.objects.values("state").annotate(n=Count("id")).order_by("state"):
        numbers[f'jobs{{state="{row["state"]}"}}'] = row["n"]
    last = JobRun.objects.aggregate(at=Max("started_at"))["at"]
    if last:
        age = (clock.real_now() - last).total_seconds()
        numbers["timetable_last_run_age_seconds"] = round(age, 1)
    failed = JobRun.objects.filter(state=JobRun.State.FAILED).count()
    return {**numbers, "timetable_runs_failed": failed}

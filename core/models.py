"""Work that a person may watch, and the slots of the timetable that have run."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.jobs import LeasedRow


class Job(LeasedRow):
    """One longer piece of work: an export, an import, a poll; unique by its key."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    arguments = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["pending", "running"]),
                name="job_open_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobRun(LeasedRow):
    """One slot of one timetable entry; the unique key makes a doubled tick harmless."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    name = models.CharField(max_length=60)
    scheduled_for = models.DateTimeField()  # business time
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    started_at = models.DateTimeField(null=True, blank=True)  # real time
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        constraints = [
            models.UniqueConstraint(fields=["name", "scheduled_for"], name="job_run_once_per_slot")
        ]
        indexes = [
            models.Index(
                fields=["scheduled_for", "id"],
                condition=Q(state__in=["pending", "running"]),
                name="job_run_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.scheduled_for:%Y-%m-%d %H:%M:%S}"

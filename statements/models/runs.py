"""Billing runs, the pieces that workers take, and what happened to each account."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.jobs import LeasedRow
from statements.models.plans import BillingCycle


class BillingRun(models.Model):
    """One closing of a cycle's period; resumable in every state."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RATING = "rating", _("Calculating")
        AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
        ISSUING = "issuing", _("Issuing")
        COMPLETED = "completed", _("Completed")
        COMPLETED_WITH_EXCEPTIONS = "exceptions", _("Completed with exceptions")

    FINISHED = (State.COMPLETED, State.COMPLETED_WITH_EXCEPTIONS)

    cycle = models.ForeignKey(BillingCycle, models.PROTECT, related_name="runs")
    month = models.CharField(_("billed month"), max_length=7)  # YYYY-MM
    sequence = models.PositiveSmallIntegerField(default=1)
    as_of = models.DateTimeField(_("as of"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED)
    started_by = models.CharField(max_length=120, default="system")
    approved_by = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("billing run")
        verbose_name_plural = _("billing runs")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "month", "sequence"], name="billing_run_once_per_sequence"
            ),
            models.UniqueConstraint(
                fields=["cycle", "month"],
                condition=~Q(state__in=["completed", "exceptions"]),
                name="billing_run_one_unfinished_per_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} #{self.sequence}"

    @property
    def first_day(self) -> date:
        """The first day of the billed month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED


class RunChunk(LeasedRow):
    """A piece of a run that one worker takes: the accounts of its items."""

    class Phase(models.TextChoices):
        CALCULATE = "calculate", _("Calculate")
        ISSUE = "issue", _("Issue")

    run = models.ForeignKey(BillingRun, models.PROTECT, related_name="chunks")
    phase = models.CharField(max_length=10, choices=Phase)
    number = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "phase", "number"], name="run_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.phase} {self.number}"


class RunItem(models.Model):
    """One account in a run: the only record of what happened to it and of its errors."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        CALCULATED = "calculated", _("Calculated")
        HELD = "held", _("Held for a person")
        ISSUED = "issued", _("Issued")
        PARKED = "parked", _("Parked")
        SKIPPED = "skipped", _("Nothing to bill")

    run = models.ForeignKey(
        BillingRun, models.PROTECT, related_name="items", db_index=False
    )  # the unique constraint below begins with it
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="+")
    chunk = models.ForeignKey(RunChunk, models.PROTECT, null=True, related_name="items")
    issue_chunk = models.ForeignKey(RunChunk, models.PROTECT, null=True, related_name="to_issue")
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="run_item_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.account_id} {self.state}"

"""Shadow runs: a draft of prices over months of real readings, and what it changes for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.jobs import LeasedRow
from tariffs.models import PlanVersion, TariffVersion


class ShadowRun(models.Model):
    """A comparison of a version of a tariff or plan with the price book; it is never billed.

    It goes with its draft when that is deleted.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Calculating")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    OPEN = (State.PLANNED, State.RUNNING)

    version = models.ForeignKey(
        "tariffs.TariffVersion", models.CASCADE, null=True, related_name="shadow_runs"
    )
    plan_version = models.ForeignKey(
        "tariffs.PlanVersion", models.CASCADE, null=True, related_name="shadow_runs"
    )
    digest = models.CharField(_("SHA-256"), max_length=64)  # of the definition that was compared
    population = models.JSONField(_("population"), default=dict)
    first_month = models.CharField(_("first month"), max_length=7)  # YYYY-MM
    last_month = models.CharField(_("last month"), max_length=7)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    accounts = models.PositiveIntegerField(_("accounts"), default=0)
    months_priced = models.PositiveIntegerField(default=0)  # of all accounts together
    months_missing = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=dict)  # code: months
    totals_before = models.JSONField(default=dict)  # currency: minor units
    totals_after = models.JSONField(default=dict)
    result_digest = models.CharField(max_length=64, blank=True)  # equal where all results are
    error = models.CharField(max_length=40, blank=True)  # a key of shadow.work.FAILURES

    class Meta:
        verbose_name = _("shadow billing")
        verbose_name_plural = _("shadow billings")
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False, plan_version__isnull=True)
                | Q(version__isnull=True, plan_version__isnull=False),
                name="shadow_run_is_of_a_tariff_or_a_plan",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.first_month} - {self.last_month}"

    @property
    def subject(self) -> TariffVersion | PlanVersion:
        """Return what is compared with the price book."""
        found = self.version or self.plan_version
        if found is None:
            raise LookupError(f"shadow run {self.pk} compares nothing")
        return found

    @property
    def is_finished(self) -> bool:
        return self.state not in self.OPEN


class ShadowChunk(LeasedRow):
    """The accounts of a shadow run that one worker takes at a time, for all months."""

    run = models.ForeignKey(ShadowRun, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    problems = models.JSONField(default=dict)  # code: months
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="shadow_chunk_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.number}"


class ShadowAccount(models.Model):
    """What a draft changes for one account in all months that could be priced both ways."""

    run = models.ForeignKey(
        ShadowRun, models.CASCADE, related_name="compared", db_index=False
    )  # the unique constraint below begins with it
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, related_name="+")
    chunk = models.ForeignKey(ShadowChunk, models.CASCADE, related_name="compared")
    category = models.CharField(max_length=40, blank=True)  # code, on the last day
    months = models.PositiveSmallIntegerField(default=0)
    months_missing = models.PositiveSmallIntegerField(default=0)
    use = models.BigIntegerField(default=0)  # base units
    before_minor = models.BigIntegerField(default=0)
    after_minor = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)  # code, of the first missing month

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="shadow_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.account_id}"

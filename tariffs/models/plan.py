"""Plans: tariffs that customers choose under one name."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Commodity
from tariffs.models.tariff import Tariff, VersionState


class Plan(models.Model):
    """What a customer chooses: tariffs, service charges and taxes under one name."""

    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """What a plan bundles in a range of days."""

    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Monthly")
        QUARTERLY = "quarterly", _("Quarterly")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=12, choices=VersionState, default=VersionState.DRAFT
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    frequency = models.CharField(
        _("billed"), max_length=12, choices=Frequency, default=Frequency.MONTHLY
    )
    tariffs = models.ManyToManyField(Tariff, through="PlanTariff", related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="plan_version_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class PlanTariff(models.Model):
    """A tariff of a plan; the version valid on a day is chosen when that day is rated."""

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="plan_tariffs")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("tariff of a plan")
        verbose_name_plural = _("tariffs of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "tariff"], name="plan_tariff_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version}: {self.tariff}"

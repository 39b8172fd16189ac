"""Plans: tariffs that customers choose under one name."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import ConsumerCategory, ServiceArea, User
from tariffs.models.tariff import IN_FORCE, Tariff, VersionState


class Plan(models.Model):
    """What a customer chooses: tariffs, service charges and a tax under one name."""

    class Afterwards(models.TextChoices):
        """What becomes of its customers when a plan is not offered any more."""

        UNDECIDED = "", _("Not decided")
        SUCCESSOR = "successor", _("They move to another plan at their next bill")
        KEEP = "keep", _("They keep it")

    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("offered"), default=True)
    afterwards = models.CharField(
        _("its customers afterwards"), max_length=10, choices=Afterwards, default="", blank=True
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="plan_name_once"),
            models.UniqueConstraint(Lower("code"), name="plan_code_once"),
            models.CheckConstraint(
                condition=Q(afterwards="successor", successor__isnull=False)
                | (~Q(afterwards="successor") & Q(successor__isnull=True)),
                name="plan_successor_is_named",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="plan_does_not_succeed_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def in_force(self) -> Self:
        """Those that have been published, also when a successor has ended them."""
        return self.filter(state__in=IN_FORCE)


class PlanVersion(models.Model):
    """What a plan bundles in a range of days; frozen once published, but for its end."""

    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Monthly")
        BI_MONTHLY = "bi_monthly", _("Every two months")
        QUARTERLY = "quarterly", _("Quarterly")
        ANNUALLY = "annually", _("Annually")

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
    definition = models.JSONField(_("definition"), default=dict)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)  # of the definition
    tax = models.JSONField(  # as its definition states it, and `currency`; none: the utility's
        _("tax"), null=True, blank=True
    )
    change_summary = models.TextField(_("what changed"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    tariffs = models.ManyToManyField(Tariff, through="PlanTariff", related_name="+")
    objects = PlanVersionQuerySet.as_manager()
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

    class Scope(models.TextChoices):
        SERVICE = "service", _("Prices of a service")
        OWN = "own", _("Charges of the plan on a service")
        COMMON = "common", _("Charges of the plan on the whole bill")

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="plan_tariffs")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")
    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.SERVICE)

    class Meta:
        verbose_name = _("tariff of a plan")
        verbose_name_plural = _("tariffs of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "tariff"], name="plan_tariff_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version}: {self.tariff}"


class PlanCategory(models.Model):
    """A sub-category whose customers may have a plan."""

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="categories")
    category = models.ForeignKey(ConsumerCategory, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("category of a plan")
        verbose_name_plural = _("categories of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "category"], name="plan_category_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version}: {self.category}"


class PlanArea(models.Model):
    """A service area whose customers may have a plan; without any, every area."""

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="areas")
    area = models.ForeignKey(ServiceArea, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("area of a plan")
        verbose_name_plural = _("areas of a plan")
        constraints = [
            models.UniqueConstraint(fields=["plan_version", "area"], name="plan_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version}: {self.area}"

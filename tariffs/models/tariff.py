"""Tariffs and their versions: prices, and whom they serve when."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Commodity, ConsumerCategory, ServiceArea, User


class RateType(models.TextChoices):
    """The five named forms of a tariff; its charges may combine them."""

    FLAT = "flat", _("Flat")
    SLAB = "slab", _("Slab")
    FIXED = "fixed", _("Fixed")
    SEASONAL = "seasonal", _("Seasonal")
    TIME_BASED = "time_based", _("Time-based")


class VersionState(models.TextChoices):
    """The life of a tariff or plan version; only a draft can be edited."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


IN_FORCE = (VersionState.PUBLISHED, VersionState.SUPERSEDED)


class Tariff(models.Model):
    """A family of versions that customers know under one name."""

    class Role(models.TextChoices):
        """Who brings it into a bill: a plan that names it, a plan that owns it, or a condition."""

        OFFERED = "offered", _("Tariff")
        PLAN = "plan", _("Charges of a plan")
        DISCOUNT = "discount", _("Discount policy")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.OFFERED)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(  # of discounts: which is taken first
        _("position"), default=0
    )
    stacking = models.CharField(  # of discounts: as `tariffs.plans.discount.Stacking`
        _("beside other discounts"), max_length=8, blank=True, default=""
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(role="offered"), name="tariff_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TariffVersionQuerySet(models.QuerySet["TariffVersion"]):
    def in_force(self) -> Self:
        """Those that have been published, also when a successor has ended them."""
        return self.filter(state__in=IN_FORCE)


class TariffVersion(models.Model):
    """The prices of a tariff in a range of days; frozen once published, but for its end."""

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=12, choices=VersionState, default=VersionState.DRAFT
    )
    rate_type = models.CharField(_("rate type"), max_length=12, choices=RateType)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    definition = models.JSONField(_("definition"))
    digest = models.CharField(_("SHA-256"), max_length=64)  # of the canonical definition
    change_summary = models.TextField(_("what changed"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    objects = TariffVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("tariff version")
        verbose_name_plural = _("tariff versions")
        constraints = [
            models.UniqueConstraint(fields=["tariff", "number"], name="tariff_version_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="tariff_version_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE)
                | (Q(published_at__isnull=False) & ~Q(change_summary="")),
                name="tariff_version_published_with_summary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tariff} v{self.number}"


class Charge(models.Model):
    """One priced part of a published version, as its definition states it."""

    version = models.ForeignKey(TariffVersion, models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12)
    spec = models.JSONField(_("definition"))

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="charge_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="charge_position_once"),
        ]

    def __str__(self) -> str:
        return self.code


class EligibilityKey(models.Model):
    """Whom a published version serves, and when; two versions never share a key and a day.

    "Any category" is stored as one row for each category and one without.
    """

    version = models.ForeignKey(TariffVersion, models.PROTECT, related_name="keys")
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    rate_type = models.CharField(_("rate type"), max_length=12, choices=RateType)
    category = models.ForeignKey(
        ConsumerCategory, models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(ServiceArea, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120)  # the four above in one text, for the guard
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)

    class Meta:
        verbose_name = _("eligibility key")
        verbose_name_plural = _("eligibility keys")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="eligibility_key_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="eligibility_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.key

"""The utility itself, what it delivers, where and to which categories of consumers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

HEX_COLOUR = r"^#[0-9a-f]{6}\Z"  # as #0b5cad


class Commodity(models.TextChoices):
    """What is delivered; never called "utility"."""

    ELECTRICITY = "electricity", _("Electricity")
    WATER = "water", _("Water")
    GAS = "gas", _("Gas")
    SEWER = "sewer", _("Sewer")
    WASTE = "waste", _("Waste")


class Utility(models.Model):
    """The one utility of this database: its name, currency, zone and terms."""

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=40, blank=True)
    opening_hours = models.TextField(_("when the phone is answered"), blank=True)
    brand_colour = models.CharField(
        _("brand colour"), max_length=7, blank=True, validators=[RegexValidator(HEX_COLOUR)]
    )
    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")]
    )
    zone_name = models.CharField(_("time zone"), max_length=64, default="UTC")
    payment_term_days = models.PositiveSmallIntegerField(_("payment term in days"), default=21)
    country = models.CharField(_("country"), max_length=2, default="US")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("utility")
        verbose_name_plural = _("utility")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="utility_is_one_row")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


class Served(models.Model):
    """Whom or where prices are for: a row of a tree, known by its code, never deleted."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    is_offered = models.BooleanField(_("offered"), default=True)  # to what is written from now on

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the name in the language in use, or the first name."""
        said: str = self.names.get(get_language() or "") or self.name
        return said


class ConsumerCategory(Served):
    """A main category (Residential) or, with a parent, its sub-category (Single Family)."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subcategories"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("consumer category")
        verbose_name_plural = _("consumer categories")


class ServiceArea(Served):
    """A zone of delivery; a service location lies in one area per commodity."""

    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")

    @property
    def with_service(self) -> str:
        """Its name after its service, since areas of several services may share a name."""
        return f"{self.get_commodity_display()}: {self}"

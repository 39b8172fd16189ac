"""Where something is delivered, and to whose account."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Commodity
from core.folding import FoldedField


def validate_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone."), params={"name": name})


class ServiceLocation(models.Model):
    """A place that is served; its local days bound the bills. Never deleted."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    address_line = models.CharField(_("address"), max_length=160)
    address_keys = FoldedField(of="address_line")
    address_extra = models.CharField(_("address, second line"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2, default="US")
    zone_name = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    holiday_calendar = models.SlugField(_("holiday calendar"), max_length=40, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    history = HistoricalRecords(excluded_fields=["address_keys"])

    class Meta:
        verbose_name = _("service location")
        verbose_name_plural = _("service locations")

    def __str__(self) -> str:
        return f"{self.address_line}, {self.city}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


class LocationArea(models.Model):
    """The one service area of a location for one commodity."""

    location = models.ForeignKey(ServiceLocation, models.PROTECT, related_name="areas")
    area = models.ForeignKey("accounts.ServiceArea", models.PROTECT, related_name="+")
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("area of a location")
        verbose_name_plural = _("areas of locations")
        constraints = [
            models.UniqueConstraint(
                fields=["location", "commodity"], name="location_has_one_area_per_commodity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.location} {self.area}"

    def clean(self) -> None:
        if self.area.commodity != self.commodity:
            raise ValidationError({"area": _("This area is for another commodity.")})


class UsagePoint(models.Model):
    """Where one commodity is delivered or taken back; survives meters and customers."""

    class Direction(models.TextChoices):
        DELIVERED = "delivered", _("Delivered to the customer")
        RECEIVED = "received", _("Received from the customer")
        BOTH = "both", _("Both ways")

    class ConnectionState(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        DISCONNECTED = "disconnected", _("Disconnected")
        UNKNOWN = "unknown", _("Unknown")

    code = models.CharField(_("code"), max_length=40, unique=True)
    location = models.ForeignKey(ServiceLocation, models.PROTECT, related_name="usage_points")
    commodity = models.CharField(_("commodity"), max_length=12, choices=Commodity)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction, default=Direction.DELIVERED
    )
    connection_state = models.CharField(
        _("connection"),
        max_length=12,
        choices=ConnectionState,
        default=ConnectionState.CONNECTED,
    )
    is_virtual = models.BooleanField(
        _("without a meter"), default=False, help_text=_("Billed by other measures, as waste is.")
    )
    fuse_amps = models.PositiveSmallIntegerField(_("main fuse in amperes"), default=100)
    phases = models.PositiveSmallIntegerField(_("phases"), default=1)
    volts = models.PositiveSmallIntegerField(_("voltage of a phase"), default=230)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("usage point")
        verbose_name_plural = _("usage points")

    def __str__(self) -> str:
        return self.code


class CustomerAgreement(models.Model):
    """Which account pays for a usage point, in which range of time."""

    class PaymentMode(models.TextChoices):
        POSTPAID = "postpaid", _("Pay by bill")
        PREPAID = "prepaid", _("Pay in advance")

    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, related_name="agreements"
    )
    usage_point = models.ForeignKey(UsagePoint, models.PROTECT, related_name="agreements")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("up to, not included"), null=True, blank=True)
    payment_mode = models.CharField(
        _("payment"), max_length=10, choices=PaymentMode, default=PaymentMode.POSTPAID
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("customer agreement")
        verbose_name_plural = _("customer agreements")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="agreement_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.usage_point}"

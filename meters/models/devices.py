"""The devices that measure, how they are reached, and where they hang."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.jobs import LeasedRow
from meters.models.places import UsagePoint

BASE_UNITS_PER_DISPLAY_UNIT = 1000  # Wh in a kWh, litres in a cubic metre, varh in a kvarh


fits_an_address = RegexValidator(
    r"^[^/]+$", _("A serial number has no slash: it stands in the address of its pages.")
)


class RegisterMap(models.Model):
    """Where a type of meter keeps which value; `docs/reference/register-maps.md`."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    registers = models.JSONField(_("registers"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("register map")
        verbose_name_plural = _("register maps")

    def __str__(self) -> str:
        return self.name


class Meter(models.Model):
    """One measuring device."""

    class State(models.TextChoices):
        STOCK = "stock", _("In stock")
        INSTALLED = "installed", _("Installed")
        RETIRED = "retired", _("Retired")

    serial = models.CharField(
        _("serial number"), max_length=40, unique=True, validators=[fits_an_address]
    )
    maker = models.CharField(_("maker"), max_length=60)
    model = models.CharField(_("model"), max_length=60)
    register_map = models.ForeignKey(
        RegisterMap, models.PROTECT, null=True, blank=True, related_name="meters"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STOCK)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")

    def __str__(self) -> str:
        return self.serial


class Channel(models.Model):
    """One quantity that a meter measures.

    Stored integers are whole base units (`unit`); `multiplier` is the ratio of current and voltage
    transformers between the meter's register and that quantity.
    """

    class Quantity(models.TextChoices):
        IMPORT = "import", _("Delivered")
        EXPORT = "export", _("Fed back")
        REACTIVE = "reactive", _("Reactive")
        APPARENT = "apparent", _("Apparent")

    class Unit(models.TextChoices):
        WATT_HOUR = "Wh", _("watt-hour")
        LITRE = "l", _("litre")
        VAR_HOUR = "varh", _("var-hour")
        VOLT_AMPERE_HOUR = "VAh", _("volt-ampere-hour")

    id = models.AutoField(primary_key=True)  # 4 bytes: it is in the key of every block
    meter = models.ForeignKey(Meter, models.PROTECT, related_name="channels")
    quantity = models.CharField(_("quantity"), max_length=12, choices=Quantity)
    unit = models.CharField(_("unit"), max_length=4, choices=Unit)
    interval_s = models.PositiveIntegerField(_("interval in seconds"), default=900)
    digits = models.PositiveSmallIntegerField(
        _("whole digits of the register"),
        default=6,
        help_text=_("Of kWh or m³; after the last number it starts again at 0."),
    )
    multiplier = models.PositiveIntegerField(_("multiplier"), default=1)
    is_register_only = models.BooleanField(_("register only"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "quantity"], name="channel_once_per_meter_and_quantity"
            ),
            models.CheckConstraint(
                condition=Q(interval_s__in=[60, 300, 600, 900, 1800, 3600, 86400]),
                name="channel_interval_divides_the_day",
            ),
            models.CheckConstraint(condition=Q(multiplier__gte=1), name="channel_multiplies"),
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.quantity}"

    @property
    def modulus(self) -> int:
        """Where the register starts again, in base units."""
        return 10**self.digits * BASE_UNITS_PER_DISPLAY_UNIT * self.multiplier

    @property
    def slots_per_day(self) -> int:
        return 86400 // self.interval_s


class MeterInstallation(models.Model):
    """Which meter measures a usage point, in which range of time.

    Its opening and closing reads are the register reads of its two ends.
    """

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="installations")
    usage_point = models.ForeignKey(UsagePoint, models.PROTECT, related_name="installations")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("up to, not included"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("meter installation")
        verbose_name_plural = _("meter installations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="installation_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.usage_point}"


class MeterConnection(LeasedRow):
    """How a meter is reached, and how that went; `attempts` are the polls since its last answer.

    For a simulated meter, and for the fleet that stands in for a real one, `parameters` are those
    of `meters.simulated`.
    """

    class Source(models.TextChoices):
        MODBUS = "modbus", _("Modbus TCP")
        SIMULATOR = "simulator", _("Simulator")

    class State(models.TextChoices):
        NEW = "new", _("Never read")
        ALIVE = "alive", _("Answers")
        SILENT = "silent", _("Silent")
        QUARANTINED = "quarantined", _("Answers wrongly")
        OFF = "off", _("Not polled")

    meter = models.OneToOneField(Meter, models.PROTECT, related_name="connection")
    source = models.CharField(_("source"), max_length=12, choices=Source)
    host = models.CharField(_("host"), max_length=120, blank=True)
    port = models.PositiveIntegerField(_("port"), default=502)
    unit_id = models.PositiveSmallIntegerField(_("unit id"), default=1)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.NEW)
    last_seen_at = models.DateTimeField(_("last answer"), null=True, blank=True)
    history = HistoricalRecords(
        excluded_fields=[
            "state",
            "attempts",
            "lease_owner",
            "lease_until",
            "due_at",
            "error",
            "last_seen_at",
        ]
    )

    class Meta:
        verbose_name = _("meter connection")
        verbose_name_plural = _("meter connections")
        indexes = [models.Index(fields=["due_at", "id"], name="connection_due")]

    def __str__(self) -> str:
        return f"{self.source} {self.meter}"


class LastCounter(models.Model):
    """The counter that the next poll is compared with; one row a channel, written in place."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="last")
    read_at = models.DateTimeField()
    value = models.BigIntegerField()  # base units

    def __str__(self) -> str:
        return f"{self.channel_id} {self.value}"

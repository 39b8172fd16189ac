"""What the meters read: raw messages, packed days with their revisions, register reads."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from meters.models.devices import Channel, Meter


class RawMessage(models.Model):
    """What a source sent, as received; the same message is kept once."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACCEPTED = "accepted", _("Accepted")
        QUARANTINED = "quarantined", _("Quarantined")

    source = models.CharField(max_length=20)
    external_key = models.CharField(max_length=120)  # meter and boundary, or the file's name
    sha256 = models.BinaryField(max_length=32)
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, related_name="messages")
    payload = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key", "sha256"], name="raw_message_is_kept_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state="received"), name="raw_message_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_key}"


class PackedDay(models.Model):
    """The slots of one channel and UTC day, as `meters.readings.packing` tells.

    The order of the columns leaves no padding in PostgreSQL's rows. A channel's key is not checked
    for each row, which would cost a row lock and a fifth of the WAL: no channel is ever deleted,
    and the database refuses to.
    """

    recorded_at = models.DateTimeField()
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    rev = models.PositiveSmallIntegerField()
    enc = models.PositiveSmallIntegerField()  # bytes of a slot: 2, 4 or 8
    data = models.BinaryField()
    status = models.BinaryField(null=True)  # None: all actual; 1 byte: all alike; else a slot each
    source = models.CharField(max_length=20)

    class Meta:
        abstract = True


class ReadingBlock(PackedDay):
    """One channel and UTC day: the current values."""

    pk = models.CompositePrimaryKey("channel_id", "day")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enc__in=[2, 4, 8]), name="block_encoding_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day} rev {self.rev}"


class ReadingBlockRevision(PackedDay):
    """What a block said before a held value changed; append-only."""

    replaced_at = models.DateTimeField()
    reason = models.CharField(max_length=120)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "day", "rev"], name="revision_once_per_block"
            )
        ]
        indexes = [models.Index(fields=["replaced_at"], name="revision_by_replacement")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day} rev {self.rev}"


class RegisterRead(models.Model):
    """What a register showed at one moment."""

    class Reason(models.TextChoices):
        MIDNIGHT = "midnight", _("Midnight")
        PERIOD_END = "period_end", _("End of a period")
        EXCHANGE = "exchange", _("Meter installed or removed")
        HAND = "hand", _("Read by hand")

    class Quality(models.TextChoices):
        ACTUAL = "A", _("Actual")
        ESTIMATED = "E", _("Estimated")
        SUBSTITUTED = "S", _("Substituted")
        FINAL = "F", _("Final")
        CUSTOMER = "C", _("Read by the customer")

    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="register_reads", db_index=False
    )
    read_at = models.DateTimeField(_("read at"))
    value_base = models.BigIntegerField(_("value in base units"))
    quality = models.CharField(_("quality"), max_length=1, choices=Quality, default=Quality.ACTUAL)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    raw = models.ForeignKey(RawMessage, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("register read")
        verbose_name_plural = _("register reads")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "read_at"], name="register_read_once_per_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.read_at:%Y-%m-%d %H:%M} {self.value_base}"


class ReadingException(models.Model):
    """A reading that failed a rule: held, with its value, until somebody decides."""

    class Severity(models.TextChoices):
        HELD = "held", _("Held")
        FLAG = "flag", _("Flag")

    class Resolution(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        RELEASED = "released", _("Released by a later reading")

    key = models.CharField(max_length=120, unique=True)  # rule, device and moment
    rule = models.CharField(_("rule"), max_length=24)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, related_name="exceptions")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="exceptions")
    raw = models.ForeignKey(RawMessage, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("up to, not included"))
    value_base = models.BigIntegerField(_("value in base units"), null=True)
    message = models.CharField(_("message"), max_length=240)
    recorded_at = models.DateTimeField(_("recorded at"))
    resolution = models.CharField(
        _("resolution"), max_length=10, choices=Resolution, default=Resolution.OPEN
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True)

    class Meta:
        verbose_name = _("reading exception")
        verbose_name_plural = _("reading exceptions")
        indexes = [
            models.Index(
                fields=["channel", "starts_at"],
                condition=models.Q(resolution="open"),
                name="exception_open_by_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.starts_at:%Y-%m-%d %H:%M}"

"""The inbox: what the provider tells us, once for each event."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.encryption import EncryptedTextField
from core.jobs import LeasedRow


class ProviderEvent(LeasedRow):
    """One event by the provider's own id; a doorbell, since the object is asked for again."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        IGNORED = "ignored", _("Ignored")
        DEAD = "dead", _("Could not be processed")

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        POLL = "poll", _("Poll")

    id = models.CharField(primary_key=True, max_length=120)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(_("type"), max_length=80)
    object_type = models.CharField(max_length=60, blank=True, default="")
    object_id = models.CharField(_("object"), max_length=120, blank=True, default="")
    api_version = models.CharField(max_length=40, blank=True, default="")
    provider_account = models.CharField(max_length=80, blank=True, default="")
    is_livemode = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("happened at"))  # the provider's clock
    received_at = models.DateTimeField(_("received at"))  # real time
    processed_at = models.DateTimeField(_("processed at"), null=True)  # real time
    source = models.CharField(_("came by"), max_length=10, choices=Source)
    payload = EncryptedTextField()  # the body as it came; it names people
    payload_digest = models.CharField(max_length=64)  # SHA-256 of the body
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED)
    reason = models.CharField(_("why ignored"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="received"), name="event_open_by_due"
            ),
            models.Index(fields=["-received_at"], name="event_by_arrival"),
            models.Index(fields=["object_id"], name="event_by_object"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ignored") | ~Q(reason=""), name="event_ignored_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.id

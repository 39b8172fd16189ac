"""What happened to tariffs and plans, beside the versions they have."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tariffs.models.plan import Plan
from tariffs.models.tariff import Tariff


class StatusEvent(models.Model):
    """One step in the life of a tariff or a plan; append-only. Without an actor, the system's."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("Sent for review")
        SENT_BACK = "sent_back", _("Sent back")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        END_SCHEDULED = "end_scheduled", _("End scheduled")
        EXPIRED = "expired", _("Expired")
        ACTIVATED = "activated", _("Activated")
        DEACTIVATED = "deactivated", _("Deactivated")
        RENAMED = "renamed", _("Renamed")

    tariff = models.ForeignKey(Tariff, models.PROTECT, null=True, related_name="events")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="events")
    version = models.PositiveIntegerField(_("version"), null=True)  # its number, if it is of one
    kind = models.CharField(_("what happened"), max_length=16, choices=Kind)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    effective_on = models.DateField(_("holds from"), null=True)
    happened_at = models.DateTimeField(_("when"))
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a tariff or plan")
        verbose_name_plural = _("events of tariffs and plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(tariff__isnull=False, plan__isnull=True)
                | Q(tariff__isnull=True, plan__isnull=False),
                name="status_event_of_one_item",
            ),
            models.UniqueConstraint(
                fields=["tariff", "version", "effective_on"],
                condition=Q(kind="expired", tariff__isnull=False),
                name="tariff_expires_once",
            ),
            models.UniqueConstraint(
                fields=["plan", "version", "effective_on"],
                condition=Q(kind="expired", plan__isnull=False),
                name="plan_expires_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tariff", "-happened_at"], name="status_by_tariff"),
            models.Index(fields=["plan", "-happened_at"], name="status_by_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.tariff or self.plan}: {self.kind}"

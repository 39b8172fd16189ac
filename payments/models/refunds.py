"""Money given back through the provider."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.jobs import LeasedRow


class Refund(LeasedRow):
    """One refund of an online payment: asked for by one person, approved by another.

    Money that still belongs to nobody we know is refunded from its suspense item. `due_at` is
    the next look of the janitor, in real time.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        SUBMITTING = "submitting", _("Being sent")
        UNKNOWN = "unknown", _("Being checked")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Failed")
        REJECTED = "rejected", _("Rejected")

    class Origin(models.TextChoices):
        STAFF = "staff", _("Staff")
        PROVIDER = "provider", _("Made at the provider")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, related_name="refunds"
    )
    suspense_item = models.ForeignKey(
        "payments.SuspenseItem", models.PROTECT, null=True, related_name="refunds"
    )
    amount_minor = models.BigIntegerField(_("amount"))  # in minor units, positive
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=500)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.STAFF)
    requested_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for at"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    idempotency_key = models.CharField(max_length=120, unique=True)
    parameters = models.JSONField(default=dict)
    parameters_digest = models.CharField(max_length=64, blank=True, default="")  # SHA-256

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.REQUESTED)
    changed_at = models.DateTimeField(_("changed at"))  # real time
    provider_id = models.CharField(_("provider's refund"), max_length=80, null=True, unique=True)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failures = models.PositiveSmallIntegerField(default=0)
    absent_since = models.DateTimeField(null=True)  # real time
    looks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_is_positive"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(requested_by__isnull=True)
                | ~Q(decided_by=F("requested_by")),
                name="refund_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(origin="provider")
                | Q(state__in=["requested"])
                | Q(decided_by__isnull=False),
                name="refund_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, suspense_item__isnull=True)
                | Q(payment__isnull=True, suspense_item__isnull=False),
                name="refund_of_one_receipt",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["approved", "submitting", "unknown", "pending"]),
                name="refund_live_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

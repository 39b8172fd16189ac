"""What one person asks for and another decides."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.customers import CustomerAccount
from accounts.models.people import User


class Approval(models.Model):
    """One act that needs a second person: what it is about, who asked, who decided.

    The object is named by its label and key, since it may live in any app. `before` and `after`
    are what the page shows; `fingerprint` is of the object as it was when it was asked for, and
    an approval is refused when the object has changed since.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)  # noun.verb, as refund.approve
    object_type = models.CharField(max_length=80)
    object_key = models.CharField(max_length=80)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField(_("amount"), null=True)  # in minor units
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for at"))  # real time
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_type", "object_key"],
                condition=Q(state="pending"),
                name="approval_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by=F("requested_by")),
                name="approval_by_two_people",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state="pending"), name="approval_waiting"
            ),
            models.Index(fields=["object_type", "object_key"], name="approval_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key}"

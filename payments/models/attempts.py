"""Attempts to pay through the provider, and every state they went through."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.jobs import LeasedRow
from payments.models.payments import Method


class PaymentAttempt(LeasedRow):
    """One try to pay one target; what it asks of the provider is frozen when it is created.

    Only `succeeded` is absolutely final: every other state yields to it. `due_at` is the next
    look of the janitor, in real time.
    """

    class State(models.TextChoices):
        CREATED = "created", _("Started")
        SUBMITTING = "submitting", _("Being sent")
        UNKNOWN = "unknown", _("Being checked")
        OPEN = "open", _("Waiting for the payer")
        REQUIRES_ACTION = "requires_action", _("Waiting for confirmation")
        PROCESSING = "processing", _("On its way")
        SUCCEEDED = "succeeded", _("Paid")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")
        ABANDONED = "abandoned", _("Never arrived")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=16, unique=True)
    form_token = models.UUIDField(unique=True)
    account = models.ForeignKey(
        "accounts.CustomerAccount",
        models.PROTECT,
        related_name="payment_attempts",
        verbose_name=_("account"),
    )
    statement = models.ForeignKey(
        "statements.Statement",
        models.PROTECT,
        null=True,
        related_name="payment_attempts",
        verbose_name=_("bill"),
    )
    target = models.CharField(max_length=40)  # stmt:17, or acct:5 for the whole balance
    amount_minor = models.BigIntegerField(_("amount"))  # in minor units, positive
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=16, choices=Method)
    environment = models.CharField(max_length=40)  # name of this installation at the provider
    started_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField(_("started at"))  # business moment
    idempotency_key = models.CharField(max_length=120, unique=True)
    parameters = models.JSONField()  # what the provider is asked, byte for byte the same each time
    parameters_digest = models.CharField(max_length=64)  # SHA-256

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CREATED)
    changed_at = models.DateTimeField(_("changed at"))  # real time
    session_id = models.CharField(max_length=120, null=True, unique=True)
    session_url = models.TextField(blank=True, default="")
    session_expires_at = models.DateTimeField(null=True)  # real time
    intent_id = models.CharField(max_length=80, null=True, unique=True)
    received_minor = models.BigIntegerField(_("received"), null=True)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    absent_since = models.DateTimeField(null=True)  # first look that did not find it; real time
    looks = models.PositiveSmallIntegerField(
        default=0
    )  # steps of the janitor since the last change

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="attempt_is_positive"),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(
                    state__in=[
                        "created",
                        "submitting",
                        "unknown",
                        "open",
                        "requires_action",
                        "processing",
                    ]
                ),
                name="attempt_one_live_for_a_target",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(received_minor__gt=0, intent_id__isnull=False),
                name="attempt_succeeded_with_money",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="attempt_by_account"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(
                    state__in=[
                        "created",
                        "submitting",
                        "unknown",
                        "open",
                        "requires_action",
                        "processing",
                    ]
                ),
                name="attempt_live_by_due",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


LIVE = (
    PaymentAttempt.State.CREATED,
    PaymentAttempt.State.SUBMITTING,
    PaymentAttempt.State.UNKNOWN,
    PaymentAttempt.State.OPEN,
    PaymentAttempt.State.REQUIRES_ACTION,
    PaymentAttempt.State.PROCESSING,
)


class AttemptChange(models.Model):
    """One step of an attempt from state to state; written with it, never changed."""

    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, related_name="changes")
    from_state = models.CharField(max_length=16, blank=True, default="")
    to_state = models.CharField(max_length=16)
    cause = models.CharField(max_length=120)  # evt_..., janitor, return page, actor
    changed_at = models.DateTimeField()  # real time

    class Meta:
        verbose_name = _("attempt's change")
        verbose_name_plural = _("attempts' changes")

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state}"

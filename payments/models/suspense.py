"""Money that came and belongs to nobody we know, yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payments import Method


class SuspenseItem(models.Model):
    """One unidentified receipt; given to an account by a person."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Given to an account")

    source_key = models.CharField(max_length=120, unique=True)  # of the entry that took it in
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=16, choices=Method)
    received_on = models.DateField(_("received on"))
    intent_id = models.CharField(max_length=80, null=True, unique=True)
    charge_id = models.CharField(max_length=80, blank=True, default="")
    instrument = models.CharField(max_length=60, blank=True, default="")
    why = models.CharField(_("why"), max_length=60)  # code: unknown_account, currency, ...
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    payment = models.OneToOneField(
        "payments.Payment", models.PROTECT, null=True, related_name="suspense_item"
    )
    resolved_by = models.CharField(_("resolved by"), max_length=120, blank=True, default="")
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("unidentified receipt")
        verbose_name_plural = _("unidentified receipts")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="suspense_is_positive"),
            models.CheckConstraint(
                condition=Q(state="open", payment__isnull=True)
                | Q(state="resolved", payment__isnull=False),
                name="suspense_resolved_by_a_payment",
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

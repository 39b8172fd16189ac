"""Payments that the payer's bank took back, or wants to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chargeback(models.Model):
    """A payment disputed at the payer's bank, or a returned bank debit; the provider decides."""

    class State(models.TextChoices):
        INQUIRY = "inquiry", _("Inquiry, no money moved")
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    provider_id = models.CharField(_("provider's dispute"), max_length=80, unique=True)
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, related_name="chargebacks"
    )
    intent_id = models.CharField(max_length=80, blank=True, default="")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=80, blank=True, default="")
    provider_status = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))  # the provider's clock
    evidence_due_at = models.DateTimeField(_("answer due"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")

    def __str__(self) -> str:
        return self.provider_id

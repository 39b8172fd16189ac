"""What a person must look at."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentCase(models.Model):
    """What no rule can decide about a payment; opened once for each event, closed by a person."""

    class Kind(models.TextChoices):
        AMOUNT_MISMATCH = "amount_mismatch", _("Another amount came than was asked")
        CURRENCY_MISMATCH = "currency_mismatch", _("Another currency came than was asked")
        LATE_SUCCESS = "late_success", _("Paid after the attempt had ended")
        UNKNOWN_PAYER = "unknown_payer", _("Nobody knows whose money this is")
        REFUND_FAILED = "refund_failed", _("A refund failed")
        STUCK = "stuck", _("The provider gives no answer")
        CHANGED_EVENT = "changed_event", _("An event came again with another body")
        CHARGEBACK = "chargeback", _("The payer's bank asks for the money back")
        PAYOUT_FAILED = "payout_failed", _("A payout failed")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    key = models.CharField(max_length=160, unique=True)  # kind:object, so that it opens once
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, null=True, related_name="payment_cases"
    )
    about = models.CharField(_("about"), max_length=120)  # reference or the provider's id
    detail = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=120, blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("payment case")
        verbose_name_plural = _("payment cases")

    def __str__(self) -> str:
        return self.key

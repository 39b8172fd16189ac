"""Money that customers have paid, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Payment(models.Model):
    """Money received over the counter, by its receipt; reversed as a whole or not at all."""

    class State(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        REVERSED = "reversed", _("Reversed")

    account = models.ForeignKey(
        "accounts.CustomerAccount",
        models.PROTECT,
        related_name="payments",
        verbose_name=_("account"),
    )
    reference = models.CharField(_("receipt number"), max_length=40, unique=True)
    amount_minor = models.BigIntegerField(_("amount"))  # in minor units, positive
    currency = models.CharField(_("currency"), max_length=3)
    received_on = models.DateField(_("received on"))
    drawer = models.SlugField(_("cash drawer"), max_length=40, default="main")
    actor = models.CharField(_("recorded by"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECORDED)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_positive"),
            models.CheckConstraint(condition=~Q(reference=""), name="payment_has_a_receipt"),
        ]
        indexes = [models.Index(fields=["account", "-received_on"], name="payment_by_account")]

    def __str__(self) -> str:
        return self.reference

"""Our balance at the provider: each movement that we were told of, and payouts to the bank."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Payout(models.Model):
    """Money that the provider sends to our bank."""

    provider_id = models.CharField(_("provider's payout"), max_length=80, unique=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=20)  # the provider's word
    arrives_on = models.DateField(_("arrives on"), null=True)
    created_at = models.DateTimeField(_("sent at"))  # the provider's clock

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")

    def __str__(self) -> str:
        return self.provider_id


class BalanceTransaction(models.Model):
    """One movement of our balance at the provider, once booked; minor units, in is positive."""

    provider_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=40)  # the provider's type
    amount_minor = models.BigIntegerField(_("amount"))
    fee_minor = models.BigIntegerField(_("fee"))
    net_minor = models.BigIntegerField(_("net"))
    currency = models.CharField(_("currency"), max_length=3)
    source_id = models.CharField(max_length=80, blank=True, default="")  # charge, refund, ...
    created_at = models.DateTimeField()  # the provider's clock
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("balance transaction")
        verbose_name_plural = _("balance transactions")
        indexes = [models.Index(fields=["source_id"], name="balance_by_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(net_minor=F("amount_minor") - F("fee_minor")),
                name="balance_net_is_amount_less_fee",
            )
        ]

    def __str__(self) -> str:
        return self.provider_id

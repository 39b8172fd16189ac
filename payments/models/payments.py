"""Money received, whatever its way."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """The way by which money comes."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    BANK_DEBIT = "bank_debit", _("Bank debit")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")


class Payment(models.Model):
    """Money received: over the counter, by its receipt, or through the provider, by its intent.

    A counter payment is reversed as a whole or not at all; provider money goes back by refunds
    and chargebacks, and its row stays as it is.
    """

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
    drawer = models.SlugField(_("cash drawer"), max_length=40, blank=True, default="main")
    actor = models.CharField(_("recorded by"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECORDED)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    method = models.CharField(_("method"), max_length=16, choices=Method, default=Method.CASH)
    attempt = models.OneToOneField(
        "payments.PaymentAttempt",
        models.PROTECT,
        null=True,
        related_name="payment",
        verbose_name=_("attempt"),
    )
    intent_id = models.CharField(_("provider's payment"), max_length=80, null=True, unique=True)
    charge_id = models.CharField(_("provider's charge"), max_length=80, blank=True, default="")
    instrument = models.CharField(_("paid with"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_positive"),
            models.CheckConstraint(condition=~Q(reference=""), name="payment_has_a_receipt"),
            models.CheckConstraint(
                condition=Q(attempt__isnull=True) | Q(intent_id__isnull=False),
                name="payment_of_an_attempt_has_its_intent",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-received_on"], name="payment_by_account"),
            models.Index(fields=["received_on", "id"], name="payment_by_day"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_online(self) -> bool:
        return self.intent_id is not None

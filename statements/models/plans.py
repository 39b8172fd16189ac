"""Which plan an agreement is priced under, and how often accounts are billed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class PlanAssignment(models.Model):
    """The plan under which an agreement is priced, from a moment up to another."""

    agreement = models.ForeignKey("meters.CustomerAgreement", models.PROTECT, related_name="plans")
    plan_version = models.ForeignKey("tariffs.PlanVersion", models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("up to, not included"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan assignment")
        verbose_name_plural = _("plan assignments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="plan_assignment_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.plan_version}"


class BillingCycle(models.Model):
    """How often accounts are billed; a monthly cycle closes with the local month."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("billing cycle")
        verbose_name_plural = _("billing cycles")

    def __str__(self) -> str:
        return self.name


class AccountCondition(models.Model):
    """A fact of an account that tariffs may ask for, in a range of days: paperless, exempt."""

    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, related_name="conditions"
    )
    name = models.SlugField(
        _("condition"), max_length=40, help_text=_("As tariffs write it: paperless, exempt.")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to, not included"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("condition of an account")
        verbose_name_plural = _("conditions of accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="account_condition_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.name}"

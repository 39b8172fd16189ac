"""Late fees, and the versioned policy that they follow."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LateFeePolicy(models.Model):
    """How late is late and what it costs, from a day on; a change is a new version.

    The fee of a step is `flat` plus `percent` of what is open and undisputed, at most `cap`.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    starts_on = models.DateField(_("from"), unique=True)  # for bills due on or after this day
    currency = models.CharField(_("currency"), max_length=3)
    grace_days = models.PositiveSmallIntegerField(_("days of grace after the due date"))
    tolerance_minor = models.BigIntegerField(
        _("smallest open amount"), default=0, validators=[MinValueValidator(0)]
    )
    flat_minor = models.BigIntegerField(_("flat fee"), validators=[MinValueValidator(0)])
    percent = models.DecimalField(
        _("per cent of the open amount"),
        max_digits=9,
        decimal_places=6,
        default=0,
        validators=[MinValueValidator(0)],
    )
    cap_minor = models.BigIntegerField(_("most for one bill"), null=True, blank=True)
    steps = models.PositiveSmallIntegerField(_("times at most"), default=1)
    days_between_steps = models.PositiveSmallIntegerField(_("days between"), default=30)
    created_by = models.CharField(_("made by"), max_length=120)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("late fee policy")
        verbose_name_plural = _("late fee policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(flat_minor__gte=0, percent__gte=0, tolerance_minor__gte=0)
                & (Q(cap_minor__isnull=True) | Q(cap_minor__gt=0)),
                name="late_fee_policy_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class LateFee(models.Model):
    """One late fee of one bill, by one version of the policy; waived as a whole."""

    class State(models.TextChoices):
        CHARGED = "charged", _("Charged")
        WAIVED = "waived", _("Waived")

    statement = models.ForeignKey(
        "statements.Statement", models.PROTECT, related_name="late_fees", verbose_name=_("bill")
    )
    step = models.PositiveSmallIntegerField(_("step"))
    policy = models.ForeignKey(LateFeePolicy, models.PROTECT, related_name="fees")
    open_minor = models.BigIntegerField(_("open amount"))  # what the fee was computed from
    amount_minor = models.BigIntegerField(_("fee"))
    currency = models.CharField(_("currency"), max_length=3)
    charged_on = models.DateField(_("charged on"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.CHARGED)
    waived_by = models.CharField(_("waived by"), max_length=120, blank=True, default="")
    waived_on = models.DateField(_("waived on"), null=True)
    waive_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("late fee")
        verbose_name_plural = _("late fees")
        constraints = [
            models.UniqueConstraint(fields=["statement", "step"], name="late_fee_once_a_step"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="late_fee_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.step}"

"""Suggestions for the price book: those put away, and the comparisons that take too long live."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.jobs import LeasedRow


class SuggestionDismissal(models.Model):
    """A finding that nobody wants to be shown again, while it is about the same things."""

    code = models.CharField(_("rule"), max_length=20)
    object_key = models.CharField(_("what it is about"), max_length=255)
    reason = models.TextField(_("reason"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    dismissed_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("dismissed suggestion")
        verbose_name_plural = _("dismissed suggestions")
        constraints = [
            models.UniqueConstraint(fields=["code", "object_key"], name="suggestion_dismissed_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_key}"


class SavingsCheck(LeasedRow):
    """Who of a sample of customers would have paid less on another plan; the newest one counts."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being computed")
        DONE = "done", _("Done")

    asked_at = models.DateTimeField(_("asked for at"))
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(_("checked at"), null=True)
    customers = models.PositiveIntegerField(_("customers with a plan"), default=0)
    compared = models.PositiveIntegerField(_("of whom were compared"), default=0)
    found = models.JSONField(default=list)  # rows of `plan`, `others`, `compared`, `saving`

    class Meta:
        verbose_name = _("comparison of plans")
        verbose_name_plural = _("comparisons of plans")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="pending"),
                name="savings_check_pending_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

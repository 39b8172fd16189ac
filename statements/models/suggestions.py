"""Suggestions for the price book that somebody has put away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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

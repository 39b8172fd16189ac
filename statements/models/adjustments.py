"""What a bill is corrected by after it was issued: never the bill itself."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AssistanceGrant, User
from statements.models.statements import Statement


class Adjustment(models.Model):
    """A credit or charge to an issued bill, with its reason; the books have it once posted.

    Within the limit of the employee it is posted at once; above it another person decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        POSTED = "posted", _("Posted")
        REJECTED = "rejected", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REVERSED = "reversed", _("Taken back with the bill")

    class Reason(models.TextChoices):
        GOODWILL = "goodwill", _("Goodwill")
        OUR_ERROR = "our_error", _("Our mistake")
        DISCOUNT = "discount", _("Discount")
        CORRECTION = "correction", _("Correction")
        OTHER = "other", _("Other")

    IN_BOOKS = (State.POSTED, State.REVERSED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # of the form, too
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="adjustments")
    amount_minor = models.BigIntegerField(_("amount"))  # in minor units; negative is credit
    currency = models.CharField(_("currency"), max_length=3)
    reason_code = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note for us"), max_length=500)
    customer_text = models.CharField(_("text for the customer"), max_length=200, blank=True)
    limit_minor = models.BigIntegerField()  # of one person alone, when it was asked for
    grant = models.ForeignKey(AssistanceGrant, models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("asked for by"), db_index=False
    )  # an index below begins with it
    requested_at = models.DateTimeField(_("asked for at"))  # the business moment
    requested_on = models.DateField()  # the utility's day, on which it counts
    state = models.CharField(_("state"), max_length=10, choices=State)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    posted_on = models.DateField(_("posted on"), null=True)  # effective in the books

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_is_not_zero"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="adjustment_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "reversed"])
                | Q(decided_by__isnull=False)
                | Q(amount_minor__gte=-F("limit_minor"), amount_minor__lte=F("limit_minor")),
                name="adjustment_alone_within_the_limit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["posted", "reversed"], posted_on__isnull=False)
                | (~Q(state__in=["posted", "reversed"]) & Q(posted_on__isnull=True)),
                name="adjustment_posted_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_by", "requested_on"], name="adjustment_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.amount_minor} {self.currency}"

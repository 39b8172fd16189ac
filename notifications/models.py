"""What customers are told, and the mails by which they are told it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerAccount, User
from core.jobs import LeasedRow


class Notice(models.Model):
    """One message in the inbox of an account, or of one member of staff about their work.

    It stands in the words that it was given when it was written.
    """

    account = models.ForeignKey(
        CustomerAccount, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    user = models.ForeignKey(  # of staff; their customers' notices are of accounts
        User, models.PROTECT, null=True, blank=True, related_name="notices", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=60)  # noun.verb, as statement.issued
    key = models.CharField(max_length=160, unique=True)  # the same event never tells twice
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))  # plain; an empty line parts paragraphs
    language = models.CharField(_("language"), max_length=10, default="en")
    link = models.CharField(_("link"), max_length=300, blank=True)  # path on this site
    attachment_ref = models.CharField(max_length=200, blank=True)  # name in the document storage
    created_at = models.DateTimeField(_("written at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["account", "-created_at"], name="notice_by_account"),
            models.Index(
                fields=["user", "-created_at"],
                condition=Q(user__isnull=False),
                name="notice_by_user",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, user__isnull=True)
                | Q(account__isnull=True, user__isnull=False),
                name="notice_of_an_account_or_of_staff",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(LeasedRow):
    """One notice on its way to one address; the row is the queue."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(_("address"), max_length=254)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    message_id = models.CharField(max_length=120, unique=True)  # the same at every attempt
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)  # real time

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "channel", "address"], name="delivery_once_for_each_address"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["pending", "sending"]),
                name="delivery_open_by_due",
            )
        ]

    def __str__(self) -> str:
        return self.message_id


class EmailChoice(models.Model):
    """That a person wants the mails of an event, or does not; without a row it is as usual.

    Counts for events that may be switched, by the table of `notifications.events`.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="email_choices")
    event = models.CharField(max_length=40)
    is_on = models.BooleanField()

    class Meta:
        verbose_name = _("choice of e-mails")
        verbose_name_plural = _("choices of e-mails")
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="email_choice_once_an_event")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.event}"


class ReminderDay(models.Model):
    """How many days before a due date a person wants to be reminded; one row for each."""

    user = models.ForeignKey(User, models.CASCADE, related_name="reminder_days")
    days_before = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("day of a reminder")
        verbose_name_plural = _("days of reminders")
        constraints = [
            models.UniqueConstraint(fields=["user", "days_before"], name="reminder_day_once"),
            models.CheckConstraint(
                condition=Q(days_before__range=(1, 14)), name="reminder_within_two_weeks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.days_before}"

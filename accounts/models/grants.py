"""Leave to help one customer: why, by whom, from when until when."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.customers import Customer
from accounts.models.people import User
from core.encryption import EncryptedTextField


class AssistanceGrant(models.Model):
    """One help session of one employee with one customer and all accounts they hold.

    All times are real time. It is live while `ended_at` is empty and `expires_at` lies ahead;
    every request asks the database. An open session of the past is ended, as of `expires_at`,
    by whoever meets it.
    """

    class Reason(models.TextChoices):
        BILL = "bill", _("Question about a bill")
        PAYMENT = "payment", _("Question about a payment")
        USAGE = "usage", _("Question about use")
        CONTACT = "contact", _("Change of contact data")
        MOVE = "move", _("Moving in or out")
        COMPLAINT = "complaint", _("Complaint")
        FAULT = "fault", _("Fault or outage")
        CORRECTION = "correction", _("Correction of our own error")
        OTHER = "other", _("Something else")

    class Channel(models.TextChoices):
        CALL = "call", _("Telephone")
        COUNTER = "counter", _("Counter")
        MAIL = "mail", _("Letter or e-mail")
        NONE = "none", _("Nobody asked")  # an administrator's or emergency session

    class CallerCheck(models.TextChoices):
        FACTS = "facts", _("Two facts were right")
        CODE = "code", _("Help code from the customer's pages")
        TICKET = "ticket", _("Ticket")
        NONE = "none", _("Not checked")  # an administrator's or emergency session

    class Level(models.TextChoices):
        VIEW = "view", _("Look")
        ACT = "act", _("Look and change")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("Solved")
        PASSED_ON = "passed_on", _("Passed on")
        CALL_BACK = "call_back", _("Customer will hear from us")
        WRONG_CUSTOMER = "wrong_customer", _("Wrong customer")
        EXPIRED = "expired", _("Time was over")
        SIGNED_OUT = "signed_out", _("Signed out")
        ROLE_ENDED = "role_ended", _("Role ended")

    class Review(models.TextChoices):
        JUSTIFIED = "justified", _("Justified")
        NOT_JUSTIFIED = "not_justified", _("Not justified")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    employee = models.ForeignKey(User, models.PROTECT, related_name="assistance_grants")
    role = models.CharField(max_length=24)  # the role by which it was opened
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="assistance_grants")
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    note = models.CharField(_("in words"), max_length=500)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    caller_check = models.CharField(
        _("how the caller was checked"), max_length=8, choices=CallerCheck
    )
    ticket = models.CharField(_("ticket"), max_length=60, blank=True)
    level = models.CharField(max_length=4, choices=Level, default=Level.VIEW)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_possible_at = models.DateTimeField()  # no extension goes past it
    extension_reason = models.CharField(max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True, default="")
    outcome_note = models.CharField(max_length=500, blank=True, default="")
    is_emergency = models.BooleanField(default=False)  # break-glass: opened first, reviewed after
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review = models.CharField(max_length=16, choices=Review, blank=True, default="")
    review_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("help session")
        verbose_name_plural = _("help sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(ended_at__isnull=True),
                name="grant_one_open_for_an_employee",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("employee")),
                name="grant_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__lt=F("expires_at"), expires_at__lte=F("last_possible_at")),
                name="grant_ends_in_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__gte=F("opened_at"), ended_at__lte=F("expires_at")),
                name="grant_ended_within_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-opened_at"], name="grant_by_customer"),
            models.Index(fields=["employee", "-opened_at"], name="grant_by_employee"),
        ]

    def __str__(self) -> str:
        return f"help session {self.pk}"


class DeclaredRelation(models.Model):
    """An employee and a customer who are close: the one does not help the other."""

    employee = models.ForeignKey(User, models.PROTECT, related_name="declared_relations")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="declared_relations")
    note = models.CharField(_("note"), max_length=200, blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()  # real time
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("declared relation")
        verbose_name_plural = _("declared relations")
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "customer"],
                condition=Q(ended_at__isnull=True),
                name="relation_declared_once",
            )
        ]

    def __str__(self) -> str:
        return f"relation {self.pk}"


class HelpCode(models.Model):
    """A short-lived code that a customer reads to an employee, to show who is calling."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="help_codes")
    shown_to = models.ForeignKey(User, models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)  # keyed digest
    created_at = models.DateTimeField()  # real time
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"help code {self.pk}"


class FormDraft(models.Model):
    """What somebody had typed and not sent yet: in a help session, or in a wizard."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="form_drafts")
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, related_name="+"
    )  # whose help
    page = models.CharField(max_length=120)  # the address of the form, or the name of the wizard
    body = EncryptedTextField()  # the fields as JSON
    saved_at = models.DateTimeField()  # real time

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "customer", "page"], name="draft_once"),
            models.UniqueConstraint(
                fields=["owner", "page"],
                condition=Q(customer__isnull=True),
                name="draft_once_about_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

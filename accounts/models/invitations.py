"""Inviting a person by e-mail: to the staff, or to an account as a delegate."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.customers import AccountRole, CustomerAccount
from accounts.models.people import User


class Invitation(models.Model):
    """A single-use link; only its keyed digest is kept. All times but `role_ends_at` are real."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        DELEGATE = "delegate", _("Delegate")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12, choices=AccountRole.Role, blank=True, default="")
    role_ends_at = models.DateTimeField(null=True)  # business time
    staff_roles = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="staff", account__isnull=True)
                | Q(kind="delegate", account__isnull=False),
                name="invitation_to_staff_or_account",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

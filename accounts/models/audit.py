"""The record of who did and who saw what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.customers import Customer, CustomerAccount
from accounts.models.grants import AssistanceGrant
from accounts.models.people import User


class AuditEvent(models.Model):
    """One privileged write, or one look of staff at a customer's data; append-only."""

    class Kind(models.TextChoices):
        WRITE = "write", _("Changed")
        READ = "read", _("Looked at")
        SEARCH = "search", _("Searched")

    class Basis(models.TextChoices):
        """What gave staff the right to see a customer's data."""

        NONE = "", _("None needed")
        GRANT = "grant", _("Help session")
        ROLE = "role", _("Role")

    recorded_at = models.DateTimeField(auto_now_add=True, db_index=True)  # real time
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=120)  # "system" for the worker
    action = models.CharField(max_length=80)  # noun.verb
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.WRITE)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.NONE, blank=True)
    object_type = models.CharField(max_length=80)
    object_key = models.CharField(max_length=80)
    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey(AssistanceGrant, models.PROTECT, null=True, related_name="events")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=32, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["object_type", "object_key"], name="audit_by_object"),
            models.Index(fields=["actor", "-recorded_at"], name="audit_by_actor"),
            models.Index(fields=["customer", "-recorded_at"], name="audit_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_key}"

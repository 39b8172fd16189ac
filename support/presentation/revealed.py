"""What of a customer's data stays masked in a session until the employee asks to see it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AssistanceGrant, AuditEvent

REVEALED = "help.reveal"
MASK = "…"


class Field(models.TextChoices):
    """What is shown only when it is asked for, each with its own line in the record."""

    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Addresses")
    LOAD_CURVE = "load_curve", _("Use by day and hour")


def revealed(grant: AssistanceGrant) -> frozenset[str]:
    """Return the fields that were asked for in this session."""
    asked = AuditEvent.objects.filter(grant=grant, action=REVEALED)
    return frozenset(asked.values_list("detail__field", flat=True))

"""What this person did last, from the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User

FEW = 6
SUBJECTS = {  # the noun of an action, as staff say it
    "adjustment": _("Adjustment of a bill"),
    "admin": _("Admin page"),
    "approval": _("Approval"),
    "audit": _("Audit trail"),
    "bill": _("Bills"),
    "case": _("Payment case"),
    "contact": _("Contact data"),
    "customer": _("Customers"),
    "event": _("Event of the payment provider"),
    "help": _("Help session"),
    "invitation": _("Invitation"),
    "late_fee": _("Late fee"),
    "payment": _("Payment"),
    "people": _("Who sees an account"),
    "receipt": _("Receipt"),
    "refund": _("Refund"),
    "role": _("Role"),
    "run": _("Billing run"),
    "staff": _("Colleague"),
    "statement": _("Bill"),
    "suspense": _("Unidentified receipt"),
    "tariff": _("Tariff"),
}


@dataclass(frozen=True)
class Act:
    """One act: when, whether it changed something, about what, and on which account."""

    at: datetime
    kind: str
    subject: str
    account: str  # its number, or empty


def recent(user: User) -> Sequence[Act]:
    """Return the newest acts of a person, the newest first; one query."""
    mine = AuditEvent.objects.filter(actor=user).exclude(action="audit.search")
    return [_act(event) for event in mine.select_related("account").order_by("-pk")[:FEW]]


def _act(event: AuditEvent) -> Act:
    noun = event.action.partition(".")[0]
    return Act(
        at=event.recorded_at,
        kind=str(event.get_kind_display()),
        subject=str(SUBJECTS.get(noun, event.action)),
        account=event.account.number if event.account else "",
    )

"""What this person did last, from the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User

FEW, LOOKED_THROUGH = 6, 60
SUBJECTS = {  # the noun of an action, as staff say it
    "account": _("Account"),
    "adjustment": _("Adjustment of a bill"),
    "admin": _("Admin page"),
    "approval": _("Approval"),
    "attempt": _("Payment"),
    "audit": _("Audit trail"),
    "bill": _("Bills"),
    "billing_run": _("Billing run"),
    "case": _("Payment case"),
    "contact": _("Contact data"),
    "customer": _("Customers"),
    "event": _("Event of the payment provider"),
    "help": _("Help session"),
    "help_code": _("Help code"),
    "invitation": _("Invitation"),
    "late_fee": _("Late fee"),
    "late_fee_policy": _("Late fee policy"),
    "meter": _("Meter"),
    "meters": _("Meters"),
    "payment": _("Payment"),
    "people": _("Who sees an account"),
    "plan": _("Plan"),
    "reading": _("Reading"),
    "readings": _("Readings"),
    "receipt": _("Receipt"),
    "recovery_code": _("Recovery code"),
    "recovery_codes": _("Recovery codes"),
    "refund": _("Refund"),
    "register": _("Reading"),
    "relation": _("Customers you are close to"),
    "role": _("Role"),
    "second_factor": _("Second factor"),
    "session": _("Session"),
    "settings": _("Settings"),
    "statement": _("Bill"),
    "suspense": _("Unidentified receipt"),
    "tariff": _("Tariff"),
    "user": _("Person who works here"),
    "utility": _("Settings"),
}


@dataclass(frozen=True)
class Act:
    """One act: when, whether it changed something, about what, and on which account."""

    at: datetime
    kind: str
    subject: str
    account: str  # its number, or empty


def recent(user: User) -> Sequence[Act]:
    """Return the newest acts of a person, the newest first; the same again and again is one."""
    mine = AuditEvent.objects.filter(actor=user).exclude(action="audit.search")
    found = mine.select_related("account").order_by("-pk")[:LOOKED_THROUGH]
    alike = groupby(map(_act, found), key=lambda act: (act.kind, act.subject, act.account))
    return [next(acts) for _same, acts in islice(alike, FEW)]


def _act(event: AuditEvent) -> Act:
    noun = event.action.partition(".")[0]
    return Act(
        at=event.recorded_at,
        kind=str(event.get_kind_display()),
        subject=str(SUBJECTS.get(noun, event.action)),
        account=event.account.number if event.account else "",
    )

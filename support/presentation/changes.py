"""What was changed on a customer's data and accounts, in the words of the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import access
from accounts.contact import LABELS
from accounts.models import AuditEvent, User
from accounts.rights import Right, role_words

SHOWN = 20
ACTIONS = (
    "account.claim",
    "contact.change",
    "invitation.accept",
    "invitation.send",
    "invitation.withdraw",
    "role.change",
    "role.grant",
    "role.revoke",
)


@dataclass(frozen=True)
class Change:
    """One change: when, what, and by whom."""

    at: datetime
    what: str
    who: str
    account: str  # its number, or empty when it is about the customer


def changes_for(user: User, now: datetime) -> Sequence[Change]:
    """Return the newest changes of what this person may change too; one query."""
    accounts = access.accounts_for(user, now, Right.MANAGE).order_by()
    mine = Q(account__in=accounts.values("pk"))
    mine |= Q(account__isnull=True, customer__in=accounts.values("customer"))
    events = AuditEvent.objects.filter(mine, kind=AuditEvent.Kind.WRITE, action__in=ACTIONS)
    newest = events.select_related("account", "actor", "grant").order_by("-pk")[:SHOWN]
    return [_change(event, user) for event in newest]


def _change(event: AuditEvent, reader: User) -> Change:
    number = event.account.number if event.account else ""
    return Change(event.recorded_at, _what(event.action, event.detail), _who(event, reader), number)


def _what(action: str, detail: dict[str, Any]) -> str:
    email, words = detail.get("email", ""), _scope(detail.get("role", ""))
    told = {
        "account.claim": _("The account was claimed with the code of a letter"),
        "contact.change": _("Contact data: %(fields)s") % {"fields": _fields(detail)},
        "invitation.accept": _("An invitation was accepted"),
        "invitation.send": _("%(email)s was invited to %(words)s")
        % {"email": email, "words": words},
        "invitation.withdraw": _("The invitation of %(email)s was taken back") % {"email": email},
        "role.change": _("The end of somebody's access was changed (%(words)s)") % {"words": words},
        "role.grant": _("Somebody may now %(words)s") % {"words": words},
        "role.revoke": _("Somebody may no longer %(words)s") % {"words": words},
    }
    return told[action]


def _scope(role: str) -> str:
    return role_words(role) if role else ""


def _fields(detail: dict[str, Any]) -> str:
    return ", ".join(str(LABELS[field]) for field in detail.get("changed", []) if field in LABELS)


def _who(event: AuditEvent, reader: User) -> str:
    if event.grant:
        return _("Our customer service: %(reason)s") % {"reason": event.grant.get_reason_display()}
    if event.actor is None:
        return _("Our system")
    if event.actor == reader:
        return _("You")
    return _("Our staff") if event.actor.is_staff else event.actor.get_full_name()

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
    "plan.assign",
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
    """Return the newest changes of what this person may change too; two queries."""
    accounts = access.accounts_for(user, now, Right.MANAGE).order_by()
    mine = Q(account__in=accounts.values("pk"))
    mine |= Q(account__isnull=True, customer__in=accounts.values("customer"))
    events = AuditEvent.objects.filter(mine, kind=AuditEvent.Kind.WRITE, action__in=ACTIONS)
    newest = list(events.select_related("account", "actor", "grant").order_by("-pk")[:SHOWN])
    names = _names(newest)
    return [_change(event, names, user) for event in newest]


def _names(events: Sequence[AuditEvent]) -> dict[int, str]:
    """Return the names of those whose access changed, by the id of their login."""
    people = {event.detail["user"] for event in events if "user" in event.detail}
    return {one.pk: one.get_full_name() for one in User.objects.filter(pk__in=people)}


def _change(event: AuditEvent, names: dict[int, str], reader: User) -> Change:
    number = event.account.number if event.account else ""
    named = names.get(event.detail.get("user", 0), "")
    what = _what(event.action, event.detail, named)
    return Change(event.recorded_at, what, _who(event, reader), number)


def _what(action: str, detail: dict[str, Any], name: str) -> str:
    email, words = detail.get("email", ""), _scope(detail.get("role", ""))
    whose = {"name": name, "words": words}
    told = {
        "account.claim": _("The account was claimed with the code of a letter"),
        "contact.change": _("Contact data: %(fields)s") % {"fields": _fields(detail)},
        "invitation.accept": _("An invitation was accepted"),
        "invitation.send": _("%(email)s was invited to %(words)s")
        % {"email": email, "words": words},
        "invitation.withdraw": _("The invitation of %(email)s was taken back") % {"email": email},
        "plan.assign": _("New plan: %(plan)s") % {"plan": detail.get("plan", "")},
        "role.change": _("%(name)s may %(words)s until another day") % whose,
        "role.grant": _("%(name)s may now %(words)s") % whose,
        "role.revoke": _("%(name)s may no longer %(words)s") % whose,
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

"""Who looked at a customer's data, when and why: told to the customer, from the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AssistanceGrant, AuditEvent, Customer, User
from accounts.names import initials
from accounts.staff import StaffRole

FEW = 50

WORDS = {
    "help.customer": gettext_lazy("The overview of your data"),
    "help.bills": gettext_lazy("Your name in the list of bills"),
    "help.bill": gettext_lazy("Bill %(number)s"),
    "help.bill_pdf": gettext_lazy("Bill %(number)s as a file"),
    "help.readings": gettext_lazy("The readings behind bill %(number)s"),
    "help.payments": gettext_lazy("The payments of account %(number)s"),
    "help.payment": gettext_lazy("Payment %(number)s"),
    "help.message": gettext_lazy("Wrote to you: %(subject)s"),
    "help.extend": gettext_lazy("Took half an hour more"),
    "help.open": gettext_lazy("Opened the help session"),
    "help.emergency": gettext_lazy("Opened the help session as an emergency"),
    "help.act": gettext_lazy("Began to change something of yours"),
    "help.end": gettext_lazy("Ended the help session"),
    "help.adjust": gettext_lazy("Bill %(number)s, to adjust it"),
    "adjustment.request": gettext_lazy("Asked to adjust bill %(bill)s"),
    "help.plan": gettext_lazy("Your plan, to change it"),
    "plan.assign": gettext_lazy("Changed your plan to %(plan)s"),
    "contact.read": gettext_lazy("Your contact data"),
    "contact.change": gettext_lazy("Changed your contact data"),
    "people.read": gettext_lazy("Who may see your accounts"),
    "role.change": gettext_lazy("Changed how long somebody may see your account"),
    "role.revoke": gettext_lazy("Ended somebody's access to your account"),
}
REVEALED = {
    "phone": gettext_lazy("Your phone number"),
    "address": gettext_lazy("Your addresses"),
    "load_curve": gettext_lazy("Your use by day and hour"),
}
ABOUT_THE_SESSION = ("help.open", "help.emergency", "help.end", "help.act", "help.many")


@dataclass(frozen=True)
class Session:
    """One help session as the customer reads it."""

    grant: AssistanceGrant
    who: str
    until: datetime
    is_over: bool
    seen: list[str]
    is_objected_to: bool


@dataclass(frozen=True)
class Look:
    """One look by somebody whose work it is, without a session."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Lately:
    """Who looked, the newest first, in both ways."""

    sessions: list[Session] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def lately(customers: Collection[Customer], *, real_now: datetime) -> Lately:
    """Return the newest sessions and looks at the data of these customers; four queries."""
    grants = AssistanceGrant.objects.filter(customer__in=customers).select_related("employee")
    newest = list(grants.order_by("-opened_at", "-pk")[:FEW])
    seen, objected = _seen(newest), _objected(newest)
    by_role = AuditEvent.objects.filter(
        customer__in=customers, kind=AuditEvent.Kind.READ, basis=AuditEvent.Basis.ROLE
    )
    looks = by_role.select_related("actor").order_by("-pk")[:FEW]
    return Lately(
        sessions=[_session(each, seen[each.pk], objected, real_now) for each in newest],
        looks=[Look(each.recorded_at, _anybody(each.actor), words(each)) for each in looks],
    )


def words(event: AuditEvent) -> str:
    """Return what an event was, in the customer's words."""
    if event.action == "help.reveal":
        return str(REVEALED.get(event.detail.get("field", ""), _("A masked field")))
    known = WORDS.get(event.action)
    if known is not None:
        return str(known) % defaultdict(str, event.detail)
    is_write = event.kind == AuditEvent.Kind.WRITE
    return _("Changed something of yours") if is_write else _("Looked at data of yours")


def who(grant: AssistanceGrant) -> str:
    """Return team and initials, or the name where the utility tells it: "Support, A. S."."""
    name = grant.employee.get_full_name()
    shown = name if settings.HELP_NAMES_EMPLOYEES else initials(name)
    return f"{StaffRole(grant.role).label}, {shown}"


def _anybody(user: User | None) -> str:
    if user is None:
        return _("Our system")
    name = user.get_full_name()
    shown = name if settings.HELP_NAMES_EMPLOYEES else initials(name)
    return _("An employee, %(name)s") % {"name": shown}


def _session(
    grant: AssistanceGrant, seen: Sequence[str], objected: Collection[str], real_now: datetime
) -> Session:
    until = grant.ended_at or grant.expires_at
    return Session(
        grant=grant,
        who=who(grant),
        until=until,
        is_over=until <= real_now,
        seen=list(dict.fromkeys(seen)),
        is_objected_to=str(grant.pk) in objected,
    )


def _seen(grants: Sequence[AssistanceGrant]) -> dict[int, list[str]]:
    events = AuditEvent.objects.filter(grant__in=grants).exclude(action__in=ABOUT_THE_SESSION)
    found: dict[int, list[str]] = defaultdict(list)
    for event in events.order_by("pk"):
        if event.grant_id is not None:
            found[event.grant_id].append(words(event))
    return found


def _objected(grants: Sequence[AssistanceGrant]) -> set[str]:
    said = AuditEvent.objects.filter(
        action="help.objection",
        object_type=AssistanceGrant._meta.label_lower,
        object_key__in=[str(grant.pk) for grant in grants],
    )
    return set(said.values_list("object_key", flat=True))

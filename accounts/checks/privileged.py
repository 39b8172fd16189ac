"""U01: approvals, help sessions and roles of staff against the audit trail."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.checks.deeds import Deed, without_event
from accounts.models import AuditEvent, User
from core.integrity import MOST, Finding, Scope

APPROVAL = "accounts.approval"
SESSION = "accounts.assistancegrant"
TELLING_ROLES = ("user.create", "user.roles", "user.disable")


def _approval(action: str, where: str = "1 = 1", moment: str = "requested_at") -> Deed:
    return Deed(
        "accounts_approval", APPROVAL, (action,), where, account="t.account_id", moment=moment
    )


def _session(actions: tuple[str, ...], where: str = "1 = 1", moment: str = "opened_at") -> Deed:
    return Deed("accounts_assistancegrant", SESSION, actions, where, moment=moment)


DEEDS = (
    _approval("approval.ask"),
    _approval("approval.approve", "t.state = 'approved'", "decided_at"),
    _approval("approval.reject", "t.state = 'rejected'", "decided_at"),
    _approval("approval.withdraw", "t.state = 'withdrawn'", "decided_at"),
    Deed(
        "accounts_approval",
        "accounts.user",
        ("user.roles",),
        "t.kind = 'role.change' AND t.state = 'approved'",
        key="t.object_key",
        moment="decided_at",
    ),
    _session(("help.open", "help.emergency")),
    _session(("help.extend",), "t.extension_reason <> ''"),
    _session(("help.act",), "t.level = 'act'"),
    _session(("help.end",), "t.ended_at IS NOT NULL AND t.outcome <> 'expired'", "ended_at"),
    _session(("help.review",), "t.reviewed_at IS NOT NULL", "reviewed_at"),
)


def are_written_down(scope: Scope) -> list[Finding]:
    """U01: what was asked, decided, opened and ended has its event; so have the roles of staff."""
    found = without_event(DEEDS, scope)
    return found + _roles() if scope.account_id is None else found


def _roles() -> list[Finding]:
    """Compare what each person may do with what the newest event about them says."""
    with_rights = User.objects.filter(Q(groups__isnull=False) | Q(is_superuser=True)).distinct()
    told = _told()
    found = []
    for person in with_rights.order_by("pk").prefetch_related("groups"):
        held = sorted(group.name for group in person.groups.all())
        expected = told.get(str(person.pk), [])
        if held != expected or person.is_superuser:
            extra = " and superuser" if person.is_superuser else ""
            subject, shown = f"accounts.user {person.pk}", ", ".join(held) + extra
            found.append(Finding(subject, shown, ", ".join(expected) or "no role"))
    return found[:MOST]


def _told() -> dict[str, list[str]]:
    events = AuditEvent.objects.filter(object_type="accounts.user", action__in=TELLING_ROLES)
    rows = events.order_by("pk").values_list("object_key", "detail")
    return {key: told_roles(detail) for key, detail in rows}


def told_roles(detail: dict[str, Any]) -> list[str]:
    """Return the roles that a person has after an event about them."""
    return sorted(detail["after"]["roles"] if "after" in detail else detail.get("roles", []))

"""Changes of what people may do, in the inbox."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval, User
from accounts.operations import approvals, people
from accounts.operations.people.changing import KIND as CODE
from accounts.operations.people.standing import standing
from accounts.people.rows import role_words
from accounts.staff import StaffRole
from support.approvals.kind import Change, Decision, Described, Kind


def _person(approval: Approval) -> User:
    return User.objects.get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    person = _person(approval)
    return Described(
        facts=[(_("Person"), person)],
        changes=[
            Change(_("Roles"), _words(approval.before), _words(approval.after)),
            Change(
                _("May sign in"),
                _yes(approval.before["is_active"]),
                _yes(approval.after["is_active"]),
            ),
        ],
        link=reverse("person", args=[person.uid]),
    )


def _words(kept: dict[str, list[str]]) -> str:
    return ", ".join(role_words(kept["roles"])) or "–"


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else _("no")


def _approve(decision: Decision) -> None:
    people.approve_role_change(
        decision.approval, decided_by=decision.by, note=decision.note, real_now=decision.real_now
    )


def _reject(decision: Decision) -> None:
    people.reject_role_change(
        decision.approval, decided_by=decision.by, note=decision.note, real_now=decision.real_now
    )


def _withdraw(decision: Decision) -> None:
    approvals.withdraw(decision.approval, withdrawn_by=decision.by, real_now=decision.real_now)


KIND = Kind(
    code=CODE,
    label=gettext_lazy("Roles"),
    deciding=(StaffRole.ADMINISTRATOR,),
    subject=lambda approval: _person(approval).get_full_name(),
    describe=_describe,
    has_changed=lambda approval: standing(_person(approval)).fingerprint != approval.fingerprint,
    approve=_approve,
    reject=_reject,
    withdraw=_withdraw,
    refusals={
        people.OwnRoles: gettext_lazy("Nobody decides about what they may do themselves."),
        people.NotAdministrator: gettext_lazy("Only administrators decide about roles."),
        people.LastAdministrator: gettext_lazy("Nobody would be left as administrator."),
    },
)

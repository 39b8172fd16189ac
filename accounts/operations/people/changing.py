"""Giving roles, or a way back in: one administrator asks, another approves, the person neither."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import Approval, User
from accounts.operations import approvals
from accounts.operations.audit import audit
from accounts.operations.people import administrators, ending
from accounts.operations.people.standing import Standing, named, put, standing

KIND = "role.change"


class NothingToChange(ValueError):
    """The person has these roles already."""


@transaction.atomic
def ask_role_change(
    person: User,
    roles: Collection[str],
    *,
    asked_by: User,
    reason: str,
    real_now: datetime,
    is_active: bool = True,
) -> Approval:
    """Ask that a person has these roles and no others; nothing changes before the approval.

    :raises NothingToChange: if they have them already
    :raises OwnRoles: if somebody asks for themselves
    :raises NotAdministrator: if the one who asks is none
    :raises LastAdministrator: if no administrator would be left
    """
    administrators.lock()
    administrators.must_be_allowed(asked_by, about=person)
    before, after = standing(person), Standing(named(roles), is_active)
    if before == after:
        raise NothingToChange
    administrators.must_be_left(person, after)
    return approvals.ask(
        KIND,
        person,
        requested_by=asked_by,
        reason=reason,
        before=before.kept,
        after=after.kept,
        fingerprint=before.fingerprint,
        real_now=real_now,
    )


@transaction.atomic
def approve_role_change(
    approval: Approval, *, decided_by: User, note: str = "", real_now: datetime
) -> User:
    """Give the roles that were asked for, unless the person's roles changed since.

    :raises OwnRoles: if it is about the one who decides
    :raises NotAdministrator, LastAdministrator: as in asking
    :raises SamePerson, AlreadyDecided, ChangedSince: of `approvals`
    """
    administrators.lock()
    person = User.objects.select_for_update().get(pk=approval.object_key)
    administrators.must_be_allowed(decided_by, about=person)
    before, after = standing(person), Standing.of(approval.after)
    approvals.approve(
        approval,
        decided_by=decided_by,
        note=note,
        real_now=real_now,
        fingerprint=before.fingerprint,
    )
    administrators.must_be_left(person, after)
    put(person, after)
    detail = {"before": before.kept, "after": after.kept, "asked_by": approval.requested_by_id}
    audit("user.roles", person, actor=decided_by, detail=detail)
    if before.roles - after.roles:
        ending.end_everything(person, actor=decided_by, real_now=real_now)
    return person


@transaction.atomic
def reject_role_change(
    approval: Approval, *, decided_by: User, note: str, real_now: datetime
) -> None:
    """Decide that nothing changes.

    :raises OwnRoles, NotAdministrator: as in approving
    :raises SamePerson, AlreadyDecided: of `approvals`
    """
    administrators.lock()
    person = User.objects.get(pk=approval.object_key)
    administrators.must_be_allowed(decided_by, about=person)
    approvals.reject(approval, decided_by=decided_by, note=note, real_now=real_now)

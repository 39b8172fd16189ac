"""The only way to the people who work here: administrators and auditors see them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Approval, Invitation, User
from accounts.operations.people.changing import KIND
from accounts.staff import StaffRole, has_role

Anybody = User | AnonymousUser
SEEING = (StaffRole.ADMINISTRATOR, StaffRole.AUDITOR)


def may_change_people(user: Anybody) -> bool:
    return has_role(user, StaffRole.ADMINISTRATOR)


def administrator(user: Anybody) -> User:
    """Return the person if they are an administrator.

    :raises Http404: for everybody else
    """
    if not isinstance(user, User) or not may_change_people(user):
        raise Http404
    return user


def people(user: Anybody) -> QuerySet[User]:
    """Return everybody of the staff, those who may not sign in too, and who waits for roles.

    :raises Http404: for people who may not see them
    """
    if not has_role(user, *SEEING):
        raise Http404
    waiting = [int(row.object_key) for row in waiting_changes()]
    return User.objects.filter(Q(is_staff=True) | Q(pk__in=waiting)).order_by("name", "email", "pk")


def person(user: Anybody, uid: UUID) -> User:
    """Return one of them, also a person who has lost every role.

    :raises Http404: for people who may not see them, and for customers
    """
    found = people(user).filter(uid=uid).first() or _former(uid)
    if found is None:
        raise Http404
    return found


def same(person: User) -> QuerySet[User]:
    """Return one person, to be read again with what a page adds to them."""
    return User.objects.filter(pk=person.pk)


def waiting_changes() -> QuerySet[Approval]:
    """Return the changes of roles that wait for a second administrator, the oldest first."""
    waiting = Approval.objects.filter(kind=KIND, state=Approval.State.PENDING)
    return waiting.select_related("requested_by").order_by("requested_at", "pk")


def invitations(user: Anybody) -> QuerySet[Invitation]:
    """Return the invitations to the staff that nobody accepted or withdrew, the newest first."""
    if not has_role(user, *SEEING):
        raise Http404
    waiting = Invitation.objects.filter(
        kind=Invitation.Kind.STAFF, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return waiting.select_related("invited_by").order_by("-invited_at", "-pk")


def invitation(user: Anybody, uid: UUID) -> Invitation:
    found = invitations(user).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _former(uid: UUID) -> User | None:
    """Return somebody whose roles were changed here once."""
    found = User.objects.filter(uid=uid).first()
    if found is None:
        return None
    changes = Approval.objects.filter(
        kind=KIND, object_type=User._meta.label_lower, object_key=str(found.pk)
    )
    return found if changes.exists() else None

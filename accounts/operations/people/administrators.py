"""Administrators: one is always left, and nobody decides about themselves."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from accounts.models import User
from accounts.operations.people.standing import Standing
from accounts.staff import StaffRole


class LastAdministrator(Exception):
    """Nobody else could sign in and put things right."""


class NotAdministrator(Exception):
    """Only an active administrator decides what others may do."""


class OwnRoles(Exception):
    """Nobody changes what they may do themselves."""


def lock() -> None:
    """Let one change of people happen at a time, until the transaction ends.

    Two administrators who remove each other at once would otherwise both find the other one left.
    """
    name = StaffRole.ADMINISTRATOR.value
    Group.objects.get_or_create(name=name)
    Group.objects.select_for_update().get(name=name)


def must_be_allowed(actor: User, *, about: User | None = None) -> None:
    """Check, behind the lock, who changes what somebody may do.

    :raises NotAdministrator: if the actor is none, or no longer one
    :raises OwnRoles: if it is about the actor
    """
    if not active().filter(pk=actor.pk).exists():
        raise NotAdministrator
    if about is not None and actor.pk == about.pk:
        raise OwnRoles


def must_be_left(person: User, new: Standing) -> None:
    """Check, behind the lock, that the change leaves an administrator.

    :raises LastAdministrator: if the person is the last one and would be one no more
    """
    others = active().exclude(pk=person.pk)
    if not new.is_administrator and active().filter(pk=person.pk).exists() and not others.exists():
        raise LastAdministrator


def active() -> QuerySet[User]:
    """Return the administrators who may sign in."""
    return User.objects.filter(
        groups__name=StaffRole.ADMINISTRATOR.value, is_staff=True, is_active=True
    )

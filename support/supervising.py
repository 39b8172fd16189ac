"""The only way from a member of staff to sessions of others and to declared relations."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts import grants
from accounts.models import AssistanceGrant, Customer, CustomerAccount, DeclaredRelation, User
from accounts.staff import StaffRole, has_role
from support import queries

Anybody = User | AnonymousUser


def sessions(user: Anybody) -> QuerySet[AssistanceGrant]:
    """Return all sessions for those who review them, the newest first.

    :raises Http404: for everybody else
    """
    if not has_role(user, *grants.REVIEWING):
        raise Http404
    return queries.sessions()


def session(user: Anybody, uid: UUID) -> AssistanceGrant:
    """Return one session for those who review them.

    :raises Http404: for everybody else, and if there is none
    """
    found = sessions(user).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def relations(person: User) -> list[DeclaredRelation]:
    """Return the relations that hold: one's own, and all of them for an administrator."""
    found = DeclaredRelation.objects.filter(ended_at__isnull=True)
    if not has_role(person, StaffRole.ADMINISTRATOR):
        found = found.filter(employee=person)
    return list(found.select_related("employee", "customer").order_by("-declared_at", "-pk"))


def relation(person: User, pk: int) -> DeclaredRelation:
    """Return a relation that this person sees.

    :raises Http404: if there is none
    """
    for each in relations(person):
        if each.pk == pk:
            return each
    raise Http404


def customer_of_number(person: User, number: str) -> Customer | None:
    """Return the customer whose account number a member of staff has typed, or None.

    :raises Http404: for those who have no role
    """
    if not has_role(person, *StaffRole):
        raise Http404
    account = CustomerAccount.objects.filter(number=number).select_related("customer").first()
    return account.customer if account else None

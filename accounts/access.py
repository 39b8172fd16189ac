"""The only way from a person to the accounts they may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from accounts.models import (
    AccountRole,
    AssistanceGrant,
    Customer,
    CustomerAccount,
    Invitation,
    PropertyName,
    User,
)
from accounts.queries import live_roles
from accounts.rights import RIGHTS, Right, roles_with
from core.once import once


@dataclass(frozen=True)
class Seen:
    """An account that a person sees: what they may do with it, and their word for it or empty."""

    account: CustomerAccount
    rights: frozenset[Right]
    name: str


def person(user: User | AnonymousUser) -> User:
    """Return the login itself, for pages about it.

    :raises Http404: for somebody who is not signed in
    """
    if not isinstance(user, User):
        raise Http404
    return user


def accounts_for(
    user: User | AnonymousUser, now: datetime, right: Right = Right.VIEW
) -> QuerySet[CustomerAccount]:
    """Return the accounts in which the person has a role with this right now, by number."""
    if not isinstance(user, User) or not user.is_active:
        return CustomerAccount.objects.none()
    mine = live_roles(now).filter(user=user, role__in=roles_with(right)).values("account")
    return CustomerAccount.objects.filter(pk__in=mine).select_related("customer").order_by("number")


def seen_by(user: User | AnonymousUser, now: datetime) -> list[Seen]:
    """Return the accounts that the person sees now, by number; one query in a request that reads.

    What a page shows is decided by it. An object of an address comes through the other functions.
    """
    if not isinstance(user, User) or not user.is_active:
        return []
    return once(("seen by", user.pk), lambda: _seen_by(user, now))


def seen_as(user: User | AnonymousUser, account: CustomerAccount, now: datetime) -> Seen:
    """Return how the person sees an account now; somebody else's without any right."""
    found = (each for each in seen_by(user, now) if each.account.pk == account.pk)
    return next(found, Seen(account, frozenset(), ""))


def _seen_by(user: User, now: datetime) -> list[Seen]:
    name = PropertyName.objects.filter(user=user, account=OuterRef("account")).values("name")
    roles = live_roles(now).filter(user=user, role__in=roles_with(Right.VIEW))
    named = roles.select_related("account__customer").annotate(called=Subquery(name[:1]))
    found: dict[int, Seen] = {}
    for role in named.order_by("account__number", "pk"):
        known = found.get(role.account_id, Seen(role.account, frozenset(), role.called or ""))
        rights = known.rights | RIGHTS[role.role]
        found[role.account_id] = Seen(known.account, rights, known.name)
    return list(found.values())


def account_for(
    user: User | AnonymousUser, number: str, now: datetime, right: Right = Right.VIEW
) -> CustomerAccount:
    """Return one account of the person, in which they have this right.

    :raises Http404: if there is none, or it is somebody else's: the answer is the same
    """
    account = accounts_for(user, now, right).filter(number=number).first()
    if account is None:
        raise Http404
    return account


def customers_for(
    user: User | AnonymousUser, now: datetime, right: Right = Right.MANAGE
) -> QuerySet[Customer]:
    """Return the customers with an account in which the person has this right now."""
    accounts = accounts_for(user, now, right).order_by().values("customer")
    return Customer.objects.filter(pk__in=accounts).order_by("pk")


def customer_for(
    user: User | AnonymousUser, uid: UUID, now: datetime, right: Right = Right.MANAGE
) -> Customer:
    """Return one such customer.

    :raises Http404: if there is none, or the person has no such right
    """
    customer = customers_for(user, now, right).filter(uid=uid).first()
    if customer is None:
        raise Http404
    return customer


def people_of(account: CustomerAccount, now: datetime) -> QuerySet[AccountRole]:
    """Return who sees an account that was reached by `account_for`, with their logins."""
    found = live_roles(now).filter(account=account)
    return found.select_related("user", "account__customer").order_by("pk")


def person_of(account: CustomerAccount, pk: int, now: datetime) -> AccountRole:
    """Return the role of one person who sees such an account.

    :raises Http404: if there is none
    """
    role = people_of(account, now).filter(pk=pk).first()
    if role is None:
        raise Http404
    return role


def invitation_of(account: CustomerAccount, uid: UUID) -> Invitation:
    """Return one invitation to such an account.

    :raises Http404: if there is none
    """
    found = Invitation.objects.filter(account=account, uid=uid).first()
    if found is None:
        raise Http404
    return found


def accounts_of_customer(customer: Customer) -> QuerySet[CustomerAccount]:
    """Return all accounts of a customer that was reached by the functions above, by number."""
    return CustomerAccount.objects.filter(customer=customer).order_by("number")


def grant_about(user: User | AnonymousUser, uid: UUID, now: datetime) -> AssistanceGrant:
    """Return a help session about the data of a customer whose account this person holds.

    :raises Http404: if there is none
    """
    customers = customers_for(user, now, Right.INVITE)
    found = AssistanceGrant.objects.filter(uid=uid, customer__in=customers)
    grant = found.select_related("employee", "customer").first()
    if grant is None:
        raise Http404
    return grant


def property_names(user: User) -> dict[int, str]:
    """Return what the person calls the accounts they see, by account id."""
    return dict(PropertyName.objects.filter(user=user).values_list("account_id", "name"))


def role_ends(user: User, now: datetime) -> dict[int, datetime]:
    """Return when the person sees an account no more, by account id; without end it is absent."""
    ends: dict[int, datetime | None] = {}
    for account, end in live_roles(now).filter(user=user).values_list("account_id", "ends_at"):
        known = ends.get(account, end)
        ends[account] = max(known, end) if known and end else None
    return {account: end for account, end in ends.items() if end}

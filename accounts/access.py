"""The only way from a person to the accounts they may see."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import CustomerAccount, User
from accounts.queries import live_roles
from accounts.rights import Right, roles_with


def accounts_for(
    user: User | AnonymousUser, now: datetime, right: Right = Right.VIEW
) -> QuerySet[CustomerAccount]:
    """Return the accounts in which the person has a role with this right now, by number."""
    if not isinstance(user, User) or not user.is_active:
        return CustomerAccount.objects.none()
    mine = live_roles(now).filter(user=user, role__in=roles_with(right)).values("account")
    return CustomerAccount.objects.filter(pk__in=mine).select_related("customer").order_by("number")


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

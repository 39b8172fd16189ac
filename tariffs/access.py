"""The only way from an employee and an address to prices; everybody else gets 404."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from accounts.staff import StaffRole, has_role
from tariffs.models import Plan, Tariff

CHANGING = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR)
READING = (*CHANGING, StaffRole.BILLING_SPECIALIST, StaffRole.AUDITOR)

Person = User | AnonymousUser


def may_read(user: Person) -> bool:
    """Say whether this person sees the price book, drafts included."""
    return has_role(user, *READING)


def may_change(user: Person) -> bool:
    """Say whether this person writes drafts, sends them for review, and ends prices."""
    return has_role(user, *CHANGING)


def tariffs_for(user: Person) -> QuerySet[Tariff]:
    """Return the tariffs that plans may name; charges of plans and discounts are none of them.

    :raises Http404: for those who see no prices
    """
    if not may_read(user):
        raise Http404
    return Tariff.objects.filter(role=Tariff.Role.OFFERED)


def plans_for(user: Person) -> QuerySet[Plan]:
    """Return the plans.

    :raises Http404: for those who see no prices
    """
    if not may_read(user):
        raise Http404
    return Plan.objects.all()


def tariff_for(user: Person, code: str) -> Tariff:
    """Return a tariff by its code.

    :raises Http404: if there is none, and for those who see no prices
    """
    found = tariffs_for(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def plan_for(user: Person, code: str) -> Plan:
    """Return a plan by its short name, however it is capitalised.

    :raises Http404: if there is none, and for those who see no prices
    """
    found = plans_for(user).filter(code__iexact=code).first()
    if found is None:
        raise Http404
    return found

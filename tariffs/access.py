"""The only way from an employee and an address to prices; everybody else gets 404."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from accounts.staff import StaffRole, has_role
from tariffs.exchange.kept import KEPT
from tariffs.models import ImportFile, Plan, Tariff

CHANGING = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR)
READING = (*CHANGING, StaffRole.BILLING_SPECIALIST, StaffRole.AUDITOR)

Person = User | AnonymousUser


def may_read(user: Person) -> bool:
    """Say whether this person sees the price book, drafts included."""
    return has_role(user, *READING)


def may_change(user: Person) -> bool:
    """Say whether this person writes drafts, sends them for review, and ends prices."""
    return has_role(user, *CHANGING)


def may_back_date(user: Person) -> bool:
    """Say whether this person may bring in prices that start before today."""
    return has_role(user, StaffRole.ADMINISTRATOR)


def tariffs_for(user: Person) -> QuerySet[Tariff]:
    """Return the tariffs that plans may name; charges of plans and discounts are none of them.

    :raises Http404: for those who see no prices
    """
    if not may_read(user):
        raise Http404
    return Tariff.objects.filter(role=Tariff.Role.OFFERED)


def tariffs_to_change(user: Person) -> QuerySet[Tariff]:
    """Return the tariffs for those who change prices.

    :raises Http404: for everybody else
    """
    if not may_change(user):
        raise Http404
    return tariffs_for(user)


def plans_to_change(user: Person) -> QuerySet[Plan]:
    """Return the plans for those who change prices.

    :raises Http404: for everybody else
    """
    if not may_change(user):
        raise Http404
    return plans_for(user)


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


def discounts_for(user: Person) -> QuerySet[Tariff]:
    """Return the discount policies.

    :raises Http404: for those who see no prices
    """
    if not may_read(user):
        raise Http404
    return Tariff.objects.filter(role=Tariff.Role.DISCOUNT)


def discount_for(user: Person, code: str) -> Tariff:
    """Return a discount policy by the code of its tariff.

    :raises Http404: if there is none, and for those who see no prices
    """
    known = discounts_for(user)
    found = known.filter(code=code).first() if code.isprintable() else None
    if found is None:
        raise Http404
    return found


def import_file_for(user: Person, uid: UUID, real_now: datetime) -> ImportFile:
    """Return a file that this person has sent within a day.

    :raises Http404: for the files of others, old ones, and those who change no prices
    """
    mine = ImportFile.objects.filter(uid=uid, uploaded_at__gte=real_now - KEPT)
    found = mine.filter(owner=user.pk).first() if may_change(user) else None
    if found is None:
        raise Http404
    return found

"""What a help session is held to, and whether one is live: asked of the database each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import (
    AccountRole,
    AssistanceGrant,
    Customer,
    DeclaredRelation,
    User,
)
from accounts.staff import StaffRole, role_names
from core.encryption import blind_index

HELPING = (StaffRole.SUPPORT, StaffRole.BILLING_SPECIALIST, StaffRole.ADMINISTRATOR)
SUPERVISING = (StaffRole.ADMINISTRATOR,)  # help those who work here, and who is close to them
REVIEWING = (StaffRole.ADMINISTRATOR, StaffRole.BILLING_MANAGER, StaffRole.AUDITOR)

LENGTH = timedelta(minutes=30)  # and the same again, once, with a reason
LONGEST = timedelta(hours=2)  # whatever happens
REVIEW_WITHIN = timedelta(hours=24)
A_DAY = timedelta(hours=24)
MANY_A_DAY = 20
MANY_UNPROVEN_A_DAY = 5  # neither a ticket nor a code
SHORTEST_NOTE = 10


def live_grant(employee: User | AnonymousUser, real_now: datetime) -> AssistanceGrant | None:
    """Return the open help session of a person, with customer and employee; one query.

    It is live while its time runs, the person is active, holds the role by which it was opened,
    and is not close to the customer.
    """
    if not isinstance(employee, User) or not employee.is_staff:
        return None
    return (
        running(real_now)
        .filter(_role_is_held(), employee=employee, employee__is_active=True)
        .filter(~Exists(relations_of(OuterRef("employee"), OuterRef("customer"))))
        .filter(~Exists(roles_of(OuterRef("employee"), OuterRef("customer"), real_now)))
        .exclude(~Q(customer__email=""), employee__email__iexact=F("customer__email"))
        .exclude(~Q(customer__phone_index=""), employee__phone_index=F("customer__phone_index"))
        .select_related("customer", "employee")
        .first()
    )


def running(real_now: datetime) -> QuerySet[AssistanceGrant]:
    """Return the sessions whose time runs; whether they give a right, `live_grant` says."""
    return AssistanceGrant.objects.filter(
        ended_at__isnull=True, opened_at__lte=real_now, expires_at__gt=real_now
    )


def is_close(employee: User, customer: Customer, real_now: datetime) -> bool:
    """Tell whether a person must not help this customer: their own account, or one declared."""
    return (
        _is_same_person(employee, customer)
        or relations_of(employee, customer).exists()
        or roles_of(employee, customer, real_now).exists()
    )


def is_close_to_staff(customer: Customer, real_now: datetime) -> bool:
    """Tell whether the customer is, or is close to, somebody who works here."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    close = Q(Exists(relations_of(OuterRef("pk"), customer)))
    close |= Q(Exists(roles_of(OuterRef("pk"), customer, real_now)))
    if customer.email:
        close |= Q(email__iexact=customer.email)
    if customer.phone:
        close |= Q(phone_index=blind_index(customer.phone, purpose="phone"))
    return staff.filter(close).exists()


def roles_of(
    employee: User | OuterRef, customer: Customer | OuterRef, real_now: datetime
) -> QuerySet[AccountRole]:
    """Return the roles that a login holds, or will hold, on accounts of a customer."""
    return AccountRole.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=real_now),
        user=employee,
        account__customer=customer,
    )


def relations_of(
    employee: User | OuterRef, customer: Customer | OuterRef
) -> QuerySet[DeclaredRelation]:
    return DeclaredRelation.objects.filter(
        employee=employee, customer=customer, ended_at__isnull=True
    )


def helping_role(user: User | AnonymousUser) -> StaffRole | None:
    """Return the role by which a person opens help sessions; the administrator's comes first."""
    held = role_names(user)
    return next((role for role in reversed(HELPING) if role.value in held), None)


def unreviewed_emergencies(employee: User) -> QuerySet[AssistanceGrant]:
    return AssistanceGrant.objects.filter(
        employee=employee, is_emergency=True, reviewed_at__isnull=True
    )


def _is_same_person(employee: User, customer: Customer) -> bool:
    same_email = bool(customer.email) and customer.email.lower() == employee.email.lower()
    return same_email or (bool(customer.phone) and customer.phone == employee.phone)


def _role_is_held() -> Q:
    member = User.groups.through.objects.filter(
        user=OuterRef("employee"), group__name=OuterRef("role")
    )
    of_root = Q(employee__is_superuser=True, role=StaffRole.ADMINISTRATOR.value)
    return Q(employee__is_staff=True) & (Q(Exists(member)) | of_root)

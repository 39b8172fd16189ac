"""Who is close to whom: declared by the employee, ended by an administrator."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Customer, DeclaredRelation, User
from accounts.operations.audit import audit
from accounts.staff import StaffRole, has_role


class NotYoursToEnd(Exception):
    """Nobody ends a relation of their own, and only administrators end any."""


@transaction.atomic
def declare(
    employee: User, customer: Customer, *, note: str, declared_by: User, real_now: datetime
) -> DeclaredRelation:
    """Write down that an employee is close to a customer; saying it twice is harmless."""
    relation, is_new = DeclaredRelation.objects.get_or_create(
        employee=employee,
        customer=customer,
        ended_at=None,
        defaults={"note": note.strip(), "declared_by": declared_by, "declared_at": real_now},
    )
    if is_new:
        audit("relation.declare", relation, actor=declared_by, customer=customer)
    return relation


@transaction.atomic
def end_relation(relation: DeclaredRelation, *, by: User, real_now: datetime) -> None:
    """End a relation; ending it twice is harmless.

    :raises NotYoursToEnd: for the employee themself, and without the role
    """
    if by == relation.employee or not has_role(by, StaffRole.ADMINISTRATOR):
        raise NotYoursToEnd
    open_one = DeclaredRelation.objects.filter(pk=relation.pk, ended_at__isnull=True)
    if open_one.update(ended_at=real_now):
        audit("relation.end", relation, actor=by, customer=relation.customer)

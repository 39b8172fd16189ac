"""What of the customer in the room an employee may change, and the note that they looked."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from accounts.models import AccountRole, AssistanceGrant, Customer
from accounts.operations.audit import audit_read
from accounts.queries import live_roles
from accounts.rights import DELEGATE_SCOPES


def contact_of(grant: AssistanceGrant) -> Customer:
    """Return the customer of a live session with their contact data, and note the look."""
    customer = grant.customer
    audit_read("contact.read", customer, actor=grant.employee, customer=customer, grant=grant)
    return customer


def people_of(grant: AssistanceGrant, now: datetime) -> list[AccountRole]:
    """Return who sees the accounts of the customer in the room, and note the look."""
    customer = grant.customer
    audit_read("people.read", customer, actor=grant.employee, customer=customer, grant=grant)
    found = live_roles(now).filter(account__customer=customer)
    return list(found.select_related("user", "account").order_by("account__number", "pk"))


def person_of(grant: AssistanceGrant, pk: int, now: datetime) -> AccountRole:
    """Return the role of one delegate of this customer, and note the look.

    :raises Http404: for the people of other customers, for holders, and for nobody
    """
    found = live_roles(now).filter(account__customer=grant.customer, role__in=DELEGATE_SCOPES)
    role = found.filter(pk=pk).select_related("user", "account__customer").first()
    if role is None:
        raise Http404
    audit_read("people.read", role, actor=grant.employee, account=role.account, grant=grant)
    return role

"""The only way from an employee to a customer's data: through the help session that is live now.

Each function finds the session in the database, returns what belongs to its customer and nothing
else, and writes who saw what.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts import grants
from accounts.models import AssistanceGrant, Customer, CustomerAccount, User
from accounts.operations.audit import audit_read
from accounts.staff import StaffRole, has_role
from meters.models import CustomerAgreement
from payments.models import Payment
from statements.entries import with_left
from statements.models import Statement

Anybody = User | AnonymousUser
Grant = AssistanceGrant

SEARCHING = (*grants.HELPING, StaffRole.FINANCE, StaffRole.CASHIER)


class NoGrant(Exception):
    """The person has no live help session."""


def grant_of(user: Anybody, real_now: datetime) -> Grant:
    """Return the live help session of the person, with its customer.

    :raises NoGrant: if there is none: it ended, its time is over, or the role is gone
    """
    grant = grants.live_grant(user, real_now)
    if grant is None:
        raise NoGrant
    return grant


def customer(user: Anybody, real_now: datetime) -> Grant:
    """Return the session whose customer is looked at as a whole, and note the look.

    :raises NoGrant: without a live session
    """
    grant = grant_of(user, real_now)
    audit_read("help.customer", grant.customer, actor=grant.employee, grant=grant)
    return grant


def accounts_of(grant: Grant) -> QuerySet[CustomerAccount]:
    """Return all accounts that the customer of the session holds, by number."""
    return (
        CustomerAccount.objects.filter(customer=grant.customer)
        .select_related("customer")
        .order_by("number")
    )


def account(
    user: Anybody, number: str, real_now: datetime, *, action: str
) -> tuple[Grant, CustomerAccount]:
    """Return an account of the customer, and note the look.

    :raises NoGrant: without a live session
    :raises Http404: for an account of somebody else, as for none
    """
    grant = grant_of(user, real_now)
    found = accounts_of(grant).filter(number=number).first()
    if found is None:
        raise Http404
    detail = {"number": found.number}
    audit_read(action, found, actor=grant.employee, account=found, grant=grant, detail=detail)
    return grant, found


def bills_of(grant: Grant) -> QuerySet[Statement]:
    """Return the bills that the customer of the session has received, with what is left of each."""
    visible = Statement.objects.visible().filter(account__customer=grant.customer)
    return with_left(visible.select_related("account__customer"))


def bill(user: Anybody, number: str, real_now: datetime, *, action: str) -> tuple[Grant, Statement]:
    """Return a bill of the customer, and note the look.

    :raises NoGrant: without a live session
    :raises Http404: for a bill of somebody else, as for none
    """
    grant = grant_of(user, real_now)
    found = bills_of(grant).filter(number=number).first()
    if found is None:
        raise Http404
    _note(grant, action, found, found.account, number)
    return grant, found


def payment(
    user: Anybody, reference: str, real_now: datetime, *, action: str
) -> tuple[Grant, Payment]:
    """Return a payment of the customer by its receipt number, and note the look.

    :raises NoGrant: without a live session
    :raises Http404: for a payment of somebody else, as for none
    """
    grant = grant_of(user, real_now)
    mine = Payment.objects.filter(account__customer=grant.customer, reference=reference)
    found = mine.select_related("account__customer", "attempt", "suspense_item").first()
    if found is None or found.account is None:
        raise Http404
    _note(grant, action, found, found.account, reference)
    return grant, found


def agreement(
    user: Anybody, pk: int, real_now: datetime, now: datetime, *, action: str
) -> tuple[Grant, CustomerAgreement]:
    """Return what is delivered to the customer now, and note the look.

    :raises NoGrant: without a live session
    :raises Http404: for an agreement of somebody else or one that has ended, as for none
    """
    grant = grant_of(user, real_now)
    mine = CustomerAgreement.objects.filter(account__customer=grant.customer, pk=pk)
    live = mine.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    found = live.select_related("account__customer", "usage_point__location").first()
    if found is None:
        raise Http404
    _note(grant, action, found, found.account, found.account.number)
    return grant, found


def customer_to_help(user: Anybody, uid: UUID) -> Customer:
    """Return a customer with whom this person may ask for a session.

    :raises Http404: for those who help nobody, and if there is none
    """
    found = Customer.objects.filter(uid=uid, accounts__isnull=False).distinct().first()
    if found is None or not has_role(user, *grants.HELPING):
        raise Http404
    return found


def may_search(user: Anybody) -> bool:
    return has_role(user, *SEARCHING)


def last_grant(user: Anybody, *, uid: str = "") -> Grant | None:
    """Return the session that a page names if it was this person's, else their newest one."""
    if not isinstance(user, User):
        return None
    mine = Grant.objects.filter(employee=user).select_related("customer", "employee")
    if uid:
        named = _uuid(uid)
        return mine.filter(uid=named).first() if named else None
    return mine.order_by("-opened_at", "-pk").first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _note(
    grant: Grant,
    action: str,
    seen: Statement | Payment | CustomerAgreement,
    of: CustomerAccount,
    number: str,
) -> None:
    detail = {"number": number}
    audit_read(action, seen, actor=grant.employee, account=of, grant=grant, detail=detail)

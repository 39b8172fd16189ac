"""The only way from an employee to a customer's data: through the help session that is live now.

Each function finds the session in the database, returns what belongs to its customer and nothing
else, and writes who saw what.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts import grants
from accounts.models import AssistanceGrant, CustomerAccount, User
from accounts.operations.audit import audit_read

Anybody = User | AnonymousUser


class NoGrant(Exception):
    """The person has no live help session."""


def grant_of(user: Anybody, real_now: datetime) -> AssistanceGrant:
    """Return the live help session of the person, with its customer.

    :raises NoGrant: if there is none: it ended, its time is over, or the role is gone
    """
    grant = grants.live_grant(user, real_now)
    if grant is None:
        raise NoGrant
    return grant


def accounts_of(grant: AssistanceGrant) -> QuerySet[CustomerAccount]:
    """Return all accounts that the customer of the session holds, by number."""
    return (
        CustomerAccount.objects.filter(customer=grant.customer)
        .select_related("customer")
        .order_by("number")
    )


def account(user: Anybody, number: str, real_now: datetime, *, action: str) -> CustomerAccount:
    """Return an account of the customer in the room and note the look.

    :raises NoGrant: without a live session
    :raises Http404: for an account of somebody else, as for none
    """
    grant = grant_of(user, real_now)
    found = accounts_of(grant).filter(number=number).first()
    if found is None:
        raise Http404
    audit_read(action, found, actor=grant.employee, account=found, grant=grant)
    return found

"""Who sees the list of all bills, whose names in it, and who may send bills again."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from accounts.grants import HELPING, live_grant
from accounts.models import AssistanceGrant, User
from accounts.staff import StaffRole, has_role
from reports.manage_bills import queries
from statements.models import Statement

SENDING = (StaffRole.BILLING_SPECIALIST, StaffRole.BILLING_MANAGER)
NAMING = (StaffRole.FINANCE, StaffRole.AUDITOR)
LOOKING = (*SENDING, *NAMING)
Anybody = User | AnonymousUser


def staff(user: Anybody, *, among: tuple[StaffRole, ...] = LOOKING) -> User:
    """Return the person, if they have one of these roles.

    :raises Http404: for everybody else
    """
    if not isinstance(user, User) or not has_role(user, *among):
        raise Http404
    return user


def bills(user: Anybody) -> QuerySet[Statement]:
    """Return every bill that was ever issued, with its account and customer, and what is open.

    :raises Http404: for those who do not work with bills
    """
    staff(user)
    return queries.bills()


def may_send(user: Anybody) -> bool:
    return has_role(user, *SENDING)


def sees_names(user: Anybody) -> bool:
    """Tell whether the person reads the names of all customers in full."""
    return has_role(user, *NAMING)


def live_help(user: Anybody, real_now: datetime) -> AssistanceGrant | None:
    """Return the help session that is live now: its customer's name is read in full, too."""
    return live_grant(user, real_now) if has_role(user, *HELPING) else None

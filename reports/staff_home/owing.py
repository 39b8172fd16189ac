"""Who owes the utility something: the list behind what is outstanding, and its sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Greatest
from django.http import Http404

from accounts.models import User
from accounts.names import initials
from accounts.staff import StaffRole, has_role
from core.tables import Money
from ledger.models import AccountBalance

SEEING = (
    StaffRole.BILLING_SPECIALIST,
    StaffRole.BILLING_MANAGER,
    StaffRole.FINANCE,
    StaffRole.ADMINISTRATOR,
    StaffRole.AUDITOR,
)


@dataclass(frozen=True)
class Sums:
    """What customers owe together, in minor units: before and after their credit is set off."""

    open_minor: int
    owed_minor: int


@dataclass(frozen=True)
class OwingRow:
    """One account of the list; the customer by initials."""

    account: str
    customer: str
    open: Money
    credit: Money
    owed: Money


def balances(user: User | AnonymousUser, currency: str) -> QuerySet[AccountBalance]:
    """Return the balances of accounts with an open debt, with `open_minor` and `owed_minor`.

    :raises Http404: for those who do not work with what is owed
    """
    if not has_role(user, *SEEING):
        raise Http404
    return owing(currency).select_related("account__customer")


def owing(currency: str) -> QuerySet[AccountBalance]:
    """Return the balances in one currency that have an open debt."""
    open_minor = F("balance_minor") + F("available_credit")
    found = AccountBalance.objects.filter(
        currency=currency, balance_minor__gt=-F("available_credit")
    )
    return found.annotate(open_minor=open_minor, owed_minor=Greatest(F("balance_minor"), 0))


def sums(found: QuerySet[AccountBalance]) -> Sums:
    """Add the balances up, in one query."""
    added = found.order_by().aggregate(
        open=Sum("open_minor", default=0), owed=Sum("owed_minor", default=0)
    )
    return Sums(added["open"], added["owed"])


def rows(found: Sequence[AccountBalance]) -> list[OwingRow]:
    return [
        OwingRow(
            account=each.account.number,
            customer=initials(each.account.customer.name),
            open=Money(each.balance_minor + each.available_credit, each.currency),
            credit=Money(each.available_credit, each.currency),
            owed=Money(max(each.balance_minor, 0), each.currency),
        )
        for each in found
    ]

"""The start of a customer: the account they chose, its money, its alerts and its last bills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts import access
from accounts.models import CustomerAccount, User
from accounts.queries import live_roles
from accounts.rights import RIGHTS, Right
from meters.queries import Place, places_of
from reports.start.alerts import Alert, alerts
from reports.start.money import Money, money_of
from statements.models import Statement
from statements.presentation.bills import BillRow, rows

FEW = 3


@dataclass(frozen=True)
class Home:
    """What the start shows of one account."""

    account: CustomerAccount
    name: str  # the person's own word for it, or empty
    places: Sequence[Place]
    rights: frozenset[Right]
    money: Money
    alerts: Sequence[Alert]
    bills: Sequence[BillRow]
    today: date

    @property
    def addresses(self) -> list[str]:
        return list(dict.fromkeys(place.address for place in self.places))

    @property
    def services(self) -> int:
        return len(self.places)

    @property
    def is_new(self) -> bool:
        """Tell whether there has been no bill yet."""
        return not self.bills

    @property
    def may_pay(self) -> bool:
        return Right.PAY in self.rights

    @property
    def is_holder(self) -> bool:
        return Right.INVITE in self.rights

    @property
    def newest_unpaid(self) -> BillRow | None:
        """Return the one bill that makes up the whole debt, if it is a single one."""
        unpaid = [row for row in self.bills if row.open_minor]
        is_all = len(unpaid) == 1 and unpaid[0].open_minor == self.money.owed_minor
        return unpaid[0] if is_all else None


def home_of(user: User, account: CustomerAccount, *, now: datetime, today: date) -> Home:
    """Return the start for one account that the person sees; eight queries.

    :param today: the utility's day
    """
    money = money_of(account, now=now, today=today)
    places = places_of([account.pk], now)[account.pk]
    bills = _last_bills(account, today)
    rights = _rights(user, account, now)
    found = alerts(
        account,
        money,
        places=places,
        newest=bills[0] if bills else None,
    )
    return Home(
        account=account,
        name=access.property_names(user).get(account.pk, ""),
        places=places,
        rights=rights,
        money=money,
        alerts=found,
        bills=bills,
        today=today,
    )


def _last_bills(account: CustomerAccount, today: date) -> list[BillRow]:
    seen = Statement.objects.visible().filter(account=account).select_related("account")
    return rows(seen.order_by("-issued_at", "-pk")[:FEW], today=today)


def _rights(user: User, account: CustomerAccount, now: datetime) -> frozenset[Right]:
    roles = live_roles(now).filter(user=user, account=account).values_list("role", flat=True)
    return frozenset[Right]().union(*(RIGHTS[role] for role in roles))

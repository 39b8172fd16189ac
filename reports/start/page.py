"""The start of a customer: the account they chose, its money, its alerts and its last bills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists

from accounts import access
from accounts.models import CustomerAccount, User
from accounts.rights import Right
from meters.queries import Place, places_of
from payments.access.customer import attempts
from reports.start.alerts import Alert, alerts
from reports.start.money import Money, is_recent, money_of, recent_attempts
from statements.entries import with_left
from statements.models import Statement
from statements.presentation.bills import BillRow, rows

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Trying(TypedDict):
        is_tried: bool

    Tried = WithAnnotations[Statement, _Trying]

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
    """Return the start for one account that the person sees; three queries.

    And one for what they see, which the frame asks too, and one where a payment was tried lately.

    :param today: the utility's day
    """
    seen = access.seen_as(user, account, now)
    statements = _last_bills(account, now)
    tried = recent_attempts(account, now) if _may_be_tried(statements) else []
    money = money_of(account, tried, today=today)
    places = places_of([account.pk], now)[account.pk]
    bills = rows(statements, today=today)
    found = alerts(
        account,
        money,
        places=places,
        newest=bills[0] if bills else None,
    )
    return Home(
        account=account,
        name=seen.name,
        places=places,
        rights=seen.rights,
        money=money,
        alerts=found,
        bills=bills,
        today=today,
    )


def _last_bills(account: CustomerAccount, now: datetime) -> list[Tried]:
    """Return the newest bills, each with whether a payment of the account was tried lately."""
    lately = attempts(account).filter(is_recent(now))
    seen = Statement.objects.visible().filter(account=account).select_related("account")
    found = with_left(seen).annotate(is_tried=Exists(lately))
    return list(found.order_by("-issued_at", "-pk")[:FEW])


def _may_be_tried(bills: Sequence[Tried]) -> bool:
    """Tell whether there may be attempts to read; without a bill nobody has looked."""
    return not bills or bills[0].is_tried

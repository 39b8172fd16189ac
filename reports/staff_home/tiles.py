"""The figures of the utility: each with what it means, and the list that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Max, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User, Utility
from accounts.staff import StaffRole, has_role
from core import formats
from meters import access as meters
from meters.models import UsagePoint
from payments.access import staff as desk
from payments.models import Payment
from reports.manage_bills import access as manage_bills
from reports.staff_home import connections, owing
from statements.models import BillingRun, Statement

Roles = Sequence[StaffRole]


@dataclass(frozen=True)
class Moment:
    """For when the figures are made: the business moment and the utility's day."""

    now: datetime
    today: date
    utility: Utility

    @property
    def first(self) -> date:
        """Return the first day of the running month."""
        return self.today.replace(day=1)


@dataclass(frozen=True)
class Tile:
    """One figure, written out; `address` is the list whose rows or sums it is."""

    key: str
    word: str
    figure: str
    about: str
    address: str


def tiles(user: User, *, now: datetime, today: date, utility: Utility) -> list[Tile]:
    """Return the figures whose list this person may open; one query for each group."""
    at = Moment(now, today, utility)
    return [tile for roles, make in GROUPS if has_role(user, *roles) for tile in make(at)]


def _outstanding(at: Moment) -> Iterator[Tile]:
    currency = at.utility.currency
    found, address = owing.sums(owing.owing(currency)), reverse("reports:owing")
    yield Tile(
        key="outstanding",
        word=_("Total outstanding"),
        figure=formats.money(found.open_minor, currency),
        about=_(
            "All bills and charges of all customers that are not paid yet, due or not. Credit that "
            "customers have with us is not taken off."
        ),
        address=address,
    )
    yield Tile(
        key="owed",
        word=_("Outstanding after credit (%(currency)s)") % {"currency": currency},
        figure=formats.money(found.owed_minor, currency),
        about=_("The same, less the credit that each of these customers has with us."),
        address=address,
    )


def _received(at: Moment) -> Iterator[Tile]:
    currency = at.utility.currency
    days = {"since": at.first.isoformat(), "until": at.today.isoformat()}
    yield Tile(
        key="received",
        word=_("Received this month (%(currency)s)") % {"currency": currency},
        figure=formats.money(received_minor(at.first, at.today, currency), currency),
        about=_(
            "All payments that came since the first of this month, less those that were reversed. "
            "Refunds are listed by themselves."
        ),
        address=f"{reverse('payments:desk_payments')}?{urlencode(days)}",
    )


def _bills(at: Moment) -> Iterator[Tile]:
    month = newest_month()
    if not month:
        return
    yield Tile(
        key="bills",
        word=_("Bills of %(month)s") % {"month": formats.month(date.fromisoformat(f"{month}-01"))},
        figure=formats.number(Statement.objects.visible().filter(run__month=month).count()),
        about=_("Bills of the newest billing cycle that was issued, cancelled ones too."),
        address=f"{reverse('reports:manage_bills')}?{urlencode({'month': month})}",
    )


def _connections(at: Moment) -> Iterator[Tile]:
    found = connections.count(at.now)
    yield Tile(
        key="connections",
        word=_("Active connections"),
        figure=formats.number(found.active),
        about=_("Meters that hang at a place that is switched on."),
        address=_meters_like(state=UsagePoint.ConnectionState.CONNECTED),
    )
    yield Tile(
        key="postpaid",
        word=_("Postpaid"),
        figure=formats.number(found.postpaid),
        about=_("Meters at places whose agreement of now is paid by bill."),
        address=_meters_like(mode=connections.Mode.POSTPAID),
    )
    yield Tile(
        key="prepaid",
        word=_("Prepaid"),
        figure=formats.number(found.prepaid),
        about=_("Meters at places whose agreement of now is paid in advance."),
        address=_meters_like(mode=connections.Mode.PREPAID),
    )


def _meters_like(**asked: str) -> str:
    return f"{reverse('reports:manage_meters')}?{urlencode(asked)}"


GROUPS: Sequence[tuple[Roles, Callable[[Moment], Iterator[Tile]]]] = (
    (owing.SEEING, _outstanding),
    (desk.SEEING, _received),
    (manage_bills.LOOKING, _bills),
    (meters.READING, _connections),
)


def received_minor(first: date, last: date, currency: str) -> int:
    """Return what came in these days, both included, less what was reversed; minor units."""
    came = Payment.objects.filter(currency=currency, received_on__range=(first, last))
    kept = came.filter(state=Payment.State.RECORDED)
    return int(kept.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def newest_month() -> str:
    """Return the month, as YYYY-MM, of the newest billing run that has sent its bills."""
    out = BillingRun.objects.filter(state__in=[BillingRun.State.ISSUING, *BillingRun.FINISHED])
    return str(out.aggregate(month=Max("month"))["month"] or "")

"""All properties of a person on one page: where, what is delivered, what is owed and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import access
from accounts.models import Commodity, CustomerAccount, User
from accounts.queries import utility
from core import formats
from core.periods import local_date
from ledger.queries import Balance, balances
from meters.queries import Place, places_of
from statements.entries import with_left
from statements.presentation.bills import BillRow, rows
from statements.queries import issued_bills


@dataclass(frozen=True)
class Alert:
    """Something that wants a look; `tag` is a kind of the tag component."""

    words: str
    tag: str


@dataclass(frozen=True)
class Property:
    """One account as its place; amounts in minor units of its currency."""

    account: CustomerAccount
    name: str  # the person's own word, or empty
    addresses: Sequence[str]
    services: Sequence[str]
    balance: Balance
    next_due: BillRow | None  # the open bill that is due first
    alerts: Sequence[Alert]


@dataclass(frozen=True)
class Total:
    """What is owed, and what is in credit, over all accounts of one currency."""

    currency: str
    owed_minor: int
    credit_minor: int


@dataclass(frozen=True)
class Properties:
    rows: Sequence[Property]
    totals: Sequence[Total]


def properties_of(user: User, *, now: datetime) -> Properties:
    """Return everything the person sees; six queries, however many there are."""
    accounts = list(access.accounts_for(user, now))
    ids = [account.pk for account in accounts]
    today = local_date(now, utility().zone)
    names, places = access.property_names(user), places_of(ids, now)
    stand, due = balances(ids), _next_due(ids, today)
    ends = access.role_ends(user, now)
    found = [
        Property(
            account=one,
            name=names.get(one.pk, ""),
            addresses=_different(place.address for place in places[one.pk]),
            services=_different(str(Commodity(p.commodity).label) for p in places[one.pk]),
            balance=stand.get((one.pk, one.currency), Balance(one.currency)),
            next_due=due.get(one.pk),
            alerts=_alerts(due.get(one.pk), places[one.pk], ends.get(one.pk), today),
        )
        for one in accounts
    ]
    return Properties(found, _totals(found))


def _next_due(account_ids: Sequence[int], today: date) -> Mapping[int, BillRow]:
    bills = rows(with_left(issued_bills(account_ids)), today=today)
    open_bills = [row for row in bills if row.open_minor]
    first: dict[int, BillRow] = {}
    for row in sorted(open_bills, key=lambda row: row.statement.due_date or date.max):
        first.setdefault(row.statement.account_id, row)
    return first


def _alerts(
    due: BillRow | None, places: Sequence[Place], ends_at: datetime | None, today: date
) -> list[Alert]:
    alerts = []
    if due and due.statement.due_date and due.statement.due_date < today:
        alerts.append(Alert(_("Overdue"), "warn"))
    if any(place.is_disconnected for place in places):
        alerts.append(Alert(_("Disconnected"), "warn"))
    if ends_at:
        until = formats.moment(ends_at, utility().zone)
        alerts.append(Alert(_("You see it until %s") % until, "wait"))
    return alerts


def _totals(found: Sequence[Property]) -> list[Total]:
    owed: defaultdict[str, int] = defaultdict(int)
    credit: defaultdict[str, int] = defaultdict(int)
    for one in found:
        owed[one.account.currency] += max(one.balance.balance, 0)
        credit[one.account.currency] += max(-one.balance.balance, 0)
    return [Total(currency, owed[currency], credit[currency]) for currency in sorted(owed)]


def _different(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))

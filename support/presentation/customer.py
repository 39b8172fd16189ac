"""The customer on one page, for the person who helps them; in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from accounts.models import AssistanceGrant, Customer, CustomerAccount
from accounts.names import masked_phone
from ledger.queries import Balance, balances
from meters.models import Channel, CustomerAgreement, MeterInstallation, RegisterRead
from notifications.models import Notice
from payments.models import Payment
from statements.models import PlanAssignment
from statements.presentation import bills
from support import access
from support.presentation.revealed import MASK, Field, revealed

FEW = 6


@dataclass(frozen=True)
class MeterRead:
    """The newest reading of one register, in base units, `scale` of which make one `unit`."""

    serial: str
    read_at: datetime | None
    value: int
    unit: str
    scale: int
    quality: str


@dataclass(frozen=True)
class Service:
    """What is delivered to one place for an account, by which plan and meters."""

    commodity: str
    point: str
    place: str
    zone: ZoneInfo
    plan: str
    meters: list[MeterRead]


@dataclass(frozen=True)
class AccountView:
    """One account and what stands on it."""

    account: CustomerAccount
    balance: Balance
    services: list[Service] = field(default_factory=list)


@dataclass(frozen=True)
class CustomerView:
    """Everything that the page shows, masked where it was not asked for."""

    customer: Customer
    phone: str
    postal_address: str
    hidden: list[Field]  # what can be asked for
    accounts: Sequence[AccountView]
    bills: Sequence[bills.BillRow]
    payments: Sequence[Payment]
    notices: Sequence[Notice]


DISPLAY = {"Wh": ("kWh", 1000), "l": ("m3", 1000)}


def customer_view(grant: AssistanceGrant, *, now: datetime, today: date) -> CustomerView:
    """Return the customer of a session; `now` is the business moment, `today` the utility's day."""
    customer, shown = grant.customer, revealed(grant)
    accounts = list(access.accounts_of(grant))
    newest = access.bills_of(grant).order_by("-issued_at", "-pk")[:FEW]
    paid = Payment.objects.filter(account__customer=customer).select_related("account")
    told = Notice.objects.filter(account__in=accounts).select_related("account")
    return CustomerView(
        customer=customer,
        phone=customer.phone if Field.PHONE in shown else masked_phone(customer.phone),
        postal_address=customer.postal_address if Field.ADDRESS in shown else MASK,
        hidden=_hidden(customer, shown),
        accounts=_accounts(accounts, now, with_address=Field.ADDRESS in shown),
        bills=bills.rows(newest, today=today),
        payments=list(paid.order_by("-received_on", "-pk")[:FEW]),
        notices=list(told.order_by("-created_at", "-pk")[:FEW]),
    )


def _hidden(customer: Customer, shown: frozenset[str]) -> list[Field]:
    there = {Field.PHONE: bool(customer.phone), Field.ADDRESS: True}
    return [each for each, is_there in there.items() if is_there and each not in shown]


def _accounts(
    accounts: list[CustomerAccount], now: datetime, *, with_address: bool
) -> list[AccountView]:
    stands = balances([account.pk for account in accounts])
    services = _services(accounts, now, with_address=with_address)
    return [
        AccountView(
            account=account,
            balance=stands.get((account.pk, account.currency), Balance(account.currency)),
            services=services[account.pk],
        )
        for account in accounts
    ]


def _services(
    accounts: list[CustomerAccount], now: datetime, *, with_address: bool
) -> dict[int, list[Service]]:
    live = CustomerAgreement.objects.filter(_live(now), account__in=accounts)
    agreements = list(live.select_related("usage_point__location").order_by("starts_at", "pk"))
    plans, meters = _plans(agreements, now), _meters(agreements, now)
    found: dict[int, list[Service]] = defaultdict(list)
    for agreement in agreements:
        point = agreement.usage_point
        place = str(point.location) if with_address else f"{MASK}, {point.location.city}"
        found[agreement.account_id].append(
            Service(
                commodity=str(point.get_commodity_display()),
                point=point.code,
                place=place,
                zone=point.location.zone,
                plan=plans.get(agreement.pk, ""),
                meters=meters[point.pk],
            )
        )
    return found


def _live(now: datetime) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def _plans(agreements: list[CustomerAgreement], now: datetime) -> dict[int, str]:
    rows = PlanAssignment.objects.filter(_live(now), agreement__in=agreements)
    return dict(rows.values_list("agreement_id", "plan_version__plan__name"))


def _meters(agreements: list[CustomerAgreement], now: datetime) -> dict[int, list[MeterRead]]:
    points = [agreement.usage_point_id for agreement in agreements]
    hung = MeterInstallation.objects.filter(_live(now), usage_point__in=points)
    channels = hung.values_list(
        "usage_point_id", "meter__serial", "meter__channels__pk", "meter__channels__unit"
    )
    rows = list(channels.order_by("meter__serial", "meter__channels__pk"))
    reads = _newest_reads([channel for _point, _serial, channel, _unit in rows if channel])
    found: dict[int, list[MeterRead]] = defaultdict(list)
    for point, serial, channel, unit in rows:
        found[point].append(_read(serial, unit or "", reads.get(channel)))
    return found


def _newest_reads(channels: list[int]) -> dict[int, RegisterRead]:
    """Return the newest reading of each register."""
    of_channel = RegisterRead.objects.filter(channel=OuterRef("pk")).order_by("-read_at")
    newest = Channel.objects.filter(pk__in=channels).values_list(
        Subquery(of_channel.values("pk")[:1])
    )
    rows = RegisterRead.objects.filter(pk__in=newest)
    return {row.channel_id: row for row in rows}


def _read(serial: str, unit: str, read: RegisterRead | None) -> MeterRead:
    shown, scale = DISPLAY.get(unit, (unit, 1))
    if read is None:
        return MeterRead(serial, None, 0, shown, scale, "")
    quality = str(read.get_quality_display())
    return MeterRead(serial, read.read_at, read.value_base, shown, scale, quality)

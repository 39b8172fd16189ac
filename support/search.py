"""Finding the customer who calls: what was typed may be anything that is theirs.

What is found shows as little as tells customers apart: initials, masked contact, number and town.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import numbers
from accounts.models import AccountRole, Customer, CustomerAccount
from accounts.names import initials, masked_email, masked_phone
from core.encryption import blind_index
from ledger.queries import Balance, balances
from meters.models import CustomerAgreement, ServiceLocation
from statements.models import Statement

MOST = 20
SHORTEST = 3  # letters of a name or street
SEARCHES = 30  # of one person
WINDOW = timedelta(minutes=5)
NUMBER_LETTERS = set("+0123456789 -()/.\u00a0\u2013")

Balances = dict[tuple[int, str], Balance]
Ids = QuerySet[CustomerAccount, int]


@dataclass(frozen=True)
class Hit:
    """One account that was found; amounts in minor units of its currency."""

    customer_uid: UUID
    number: str
    initials: str
    email: str
    phone: str
    town: str
    status: str
    tag: str
    currency: str
    balance_minor: int


@dataclass(frozen=True)
class Found:
    """What a search found, the exact before the like; `has_more` says that it was cut."""

    hits: list[Hit]
    has_more: bool


def find(text: str, *, now: datetime) -> Found:
    """Return the accounts that match; a full number, address or phone finds only its own.

    `now` is the business moment: an address and a meter lead to whom they serve then.
    """
    words = " ".join(text.split())
    ids: list[int] = []
    for look in (_exact, _like):
        ids = list(dict.fromkeys(look(words, now)))[: MOST + 1]
        if ids:
            break
    return Found(_hits(ids[:MOST]), len(ids) > MOST)


def _exact(text: str, now: datetime) -> Iterable[int]:
    for look in EXACT:
        yield from look(text, now)


def _like(text: str, now: datetime) -> Iterable[int]:
    if len(text) < SHORTEST:
        return
    yield from _by_name(text)
    yield from _by_address(text, now)


def _by_account_number(text: str, now: datetime) -> Ids:
    return _ids(CustomerAccount.objects.filter(number=numbers.clean(text)[:20]))


def _by_bill(text: str, now: datetime) -> Ids:
    bills = Statement.objects.visible().filter(number=text.upper())
    return _ids(CustomerAccount.objects.filter(pk__in=bills.values("account")))


def _by_meter(text: str, now: datetime) -> Ids:
    hung = Q(usage_point__installations__meter__serial=text) & (
        Q(usage_point__installations__ends_at__isnull=True)
        | Q(usage_point__installations__ends_at__gt=now)
    )
    return _served(CustomerAgreement.objects.filter(hung), now)


def _by_email(text: str, now: datetime) -> Ids:
    if "@" not in text:
        return _nobody()
    logins = AccountRole.objects.filter(user__email__iexact=text)
    return _of_people(Q(customer__email__iexact=text), logins, now)


def _by_phone(text: str, now: datetime) -> Ids:
    phone = _as_phone(text)
    if not phone:
        return _nobody()
    index = blind_index(phone, purpose="phone")
    logins = AccountRole.objects.filter(user__phone_index=index)
    return _of_people(Q(customer__phone_index=index), logins, now)


EXACT: tuple[Callable[[str, datetime], Ids], ...] = (
    _by_account_number,
    _by_bill,
    _by_meter,
    _by_email,
    _by_phone,
)


def _by_name(text: str) -> Ids:
    """Find the customers of whose name each word begins one."""
    wanted = Q()
    for word in text.split():
        wanted &= Q(name__istartswith=word) | Q(name__icontains=f" {word}")
    people = Customer.objects.filter(wanted).order_by("name", "pk").values("pk")[: MOST + 1]
    ids = [row["pk"] for row in people]
    return _ids(CustomerAccount.objects.filter(customer_id__in=ids))


def _by_address(text: str, now: datetime) -> Ids:
    places = ServiceLocation.objects.filter(address_line__istartswith=text.partition(",")[0])
    ids = list(places.order_by("address_line", "pk").values_list("pk", flat=True)[: MOST + 1])
    return _served(CustomerAgreement.objects.filter(usage_point__location__in=ids), now)


def _of_people(own: Q, logins: QuerySet[AccountRole], now: datetime) -> Ids:
    held = logins.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)
    return _ids(CustomerAccount.objects.filter(own | Q(pk__in=held.values("account"))))


def _served(agreements: QuerySet[CustomerAgreement], now: datetime) -> Ids:
    live = agreements.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return _ids(CustomerAccount.objects.filter(pk__in=live.values("account")))


def _ids(accounts: QuerySet[CustomerAccount]) -> Ids:
    return accounts.order_by("number").values_list("pk", flat=True)[: MOST + 1]


def _nobody() -> Ids:
    return CustomerAccount.objects.none().values_list("pk", flat=True)


def _as_phone(text: str) -> str:
    if not set(text) <= NUMBER_LETTERS:
        return ""
    try:
        parsed = phonenumbers.parse(text, settings.FORMAT_REGION or None)
    except phonenumbers.NumberParseException:
        return ""
    written: str = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return written


def _hits(ids: list[int]) -> list[Hit]:
    accounts = CustomerAccount.objects.select_related("customer").in_bulk(ids)
    towns, stands = _towns(ids), balances(ids)
    return [_hit(accounts[pk], towns.get(pk, ""), stands) for pk in ids if pk in accounts]


def _hit(account: CustomerAccount, town: str, stands: Balances) -> Hit:
    customer, is_open = account.customer, account.status == CustomerAccount.Status.OPEN
    held = stands.get((account.pk, account.currency))
    return Hit(
        customer_uid=customer.uid,
        number=account.number,
        initials=initials(customer.name),
        email=masked_email(customer.email),
        phone=masked_phone(customer.phone),
        town=town,
        status=str(account.get_status_display()),
        tag="good" if is_open else "off",
        currency=account.currency,
        balance_minor=held.balance if held else 0,
    )


def _towns(ids: list[int]) -> dict[int, str]:
    """Return the town that each account is served in, the newest agreement's."""
    rows = CustomerAgreement.objects.filter(account__in=ids).order_by("starts_at", "pk")
    return dict(rows.values_list("account_id", "usage_point__location__city"))

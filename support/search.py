"""Finding the customer who calls: what was typed may be anything that is theirs.

What is found shows as little as tells customers apart: initials, masked contact, number and town.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import numbers
from accounts.models import AccountRole, CustomerAccount
from accounts.names import initials, masked_email, masked_phone
from core.encryption import blind_index
from ledger.queries import Balance, balances
from meters.models import CustomerAgreement
from statements.models import Statement
from support import like

MOST = like.MOST
SHORTEST = 3  # letters of a name or street
SEARCHES = 30  # of one person; typing on is the same search
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
    """What a search found; `has_more` says that it was cut, `is_close` that nothing fits quite."""

    hits: list[Hit]
    has_more: bool
    is_close: bool = False


def find(text: str, *, now: datetime) -> Found:
    """Return the accounts that match; a full number, address or phone finds only its own.

    Names and streets that are written like that come next, and those that are nearly so last:
    each kind is looked for only when the kind before has found nothing.
    `now` is the business moment: an address and a meter lead to whom they serve then.
    """
    typed = " ".join(text.split())
    for look in (_exact, _like, _close):
        ids = list(dict.fromkeys(look(typed, now)))[: MOST + 1]
        if ids:
            return Found(_hits(ids[:MOST]), len(ids) > MOST, is_close=look is _close)
    return Found([], has_more=False)


def _exact(text: str, now: datetime) -> Iterable[int]:
    for look in EXACT:
        yield from look(text, now)


def _like(text: str, now: datetime) -> Iterable[int]:
    if len(text) < SHORTEST:
        return
    yield from _of_customers(like.names(text))
    yield from _at_places(like.streets(text.partition(",")[0]), now)


def _close(text: str, now: datetime) -> Iterable[int]:
    """Find what is nearly so, the nearest first; an address of mail or a number is right or not."""
    if len(text) < SHORTEST or "@" in text:
        return
    yield from _of_customers(like.close_names(text))
    yield from _at_places(like.close_streets(text.partition(",")[0]), now)


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


def _by_email(text: str, now: datetime) -> Iterable[int]:
    if "@" not in text:
        return
    yield from _ids(CustomerAccount.objects.filter(customer__email__iexact=text))
    yield from _of_logins(Q(user__email__iexact=text), now)


def _by_phone(text: str, now: datetime) -> Iterable[int]:
    phone = _as_phone(text)
    if not phone:
        return
    index = blind_index(phone, purpose="phone")
    yield from _ids(CustomerAccount.objects.filter(customer__phone_index=index))
    yield from _of_logins(Q(user__phone_index=index), now)


EXACT: tuple[Callable[[str, datetime], Iterable[int]], ...] = (
    _by_account_number,
    _by_bill,
    _by_meter,
    _by_email,
    _by_phone,
)


def _of_logins(whose: Q, now: datetime) -> Ids:
    held = AccountRole.objects.filter(whose, starts_at__lte=now)
    live = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return _ids(CustomerAccount.objects.filter(pk__in=live.values("account")))


def _of_customers(ids: Sequence[int]) -> Iterable[int]:
    """Return the accounts of customers, in the order of those."""
    if not ids:
        return []
    rows = CustomerAccount.objects.filter(customer_id__in=ids).order_by("number")
    return in_order(ids, rows.values_list("customer_id", "pk"))


def _at_places(ids: Sequence[int], now: datetime) -> Iterable[int]:
    """Return the accounts that are served at places now, in the order of those."""
    if not ids:
        return []
    live = CustomerAgreement.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    rows = live.filter(usage_point__location__in=ids).order_by("account__number")
    return in_order(ids, rows.values_list("usage_point__location_id", "account_id"))


def in_order(ids: Sequence[int], rows: Iterable[tuple[int, int]]) -> list[int]:
    place = {pk: n for n, pk in enumerate(ids)}
    return [account for _of, account in sorted(rows, key=lambda row: place[row[0]])]


def _served(agreements: QuerySet[CustomerAgreement], now: datetime) -> Ids:
    live = agreements.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return _ids(CustomerAccount.objects.filter(pk__in=live.values("account")))


def _ids(accounts: QuerySet[CustomerAccount]) -> Ids:
    return accounts.order_by("number").values_list("pk", flat=True)[: MOST + 1]


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

"""The order in which the demonstration comes to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import operations as accounts
from accounts.models import AccountRole, CustomerAccount, User, Utility
from accounts.numbers import from_serial
from billing_site.demo.seed import (
    devices,
    founding,
    history,
    months,
    places,
    price_book,
    story,
)
from billing_site.demo.seed.devices import Reach
from billing_site.demo.seed.story import Home
from billing_site.demo.seed.times import Calendar
from core.periods import local_date
from payments.operations.late_fees import charge_late_fees

Tell = Callable[[str], None]
AUTHOR = "root@example.org"
WRITER, APPROVER = "billing.manager@example.org", "second.manager@example.org"


@dataclass(frozen=True, slots=True)
class Wish:
    """How large the demonstration is, from which seed, and how its meters are reached."""

    customers: int
    seed: int
    reach: Reach


def create(wish: Wish, *, calendar: Calendar, now: datetime, tell: Tell) -> None:
    """Fill the database; after an interruption, go on where it ended."""
    homes = story.homes(wish.customers, seed=wish.seed)
    if not Utility.objects.exists():
        _settle(homes, wish, calendar=calendar, now=now, tell=tell)
    tell("closing twelve months")
    months.bill(homes, calendar=calendar, seed=wish.seed)
    charge_late_fees(today=local_date(now, ZoneInfo(story.UTILITY_ZONE)), now=now)
    tell("writing the rest of the price book, opening the portal")
    _open(homes, calendar=calendar, now=now)


def is_complete() -> bool:
    """Tell whether nothing is left to create."""
    return AccountRole.objects.exists()


@transaction.atomic
def _settle(
    homes: Sequence[Home], wish: Wish, *, calendar: Calendar, now: datetime, tell: Tell
) -> None:
    tell("founding the utility: people, prices, plans")
    founding.found()
    author = founding.people()[AUTHOR]
    founding.prices(calendar, _book(calendar, now))
    founding.terms(calendar, author=author)
    tell(f"opening {len(homes)} accounts and hanging their meters")
    supplied = places.settle(homes, calendar=calendar, actor=author)
    hung = devices.hang(supplied, calendar=calendar, seed=wish.seed, reach=wish.reach, actor=author)
    tell(f"reading {len(hung)} meters for thirteen months")
    history.write(hung, calendar=calendar, recorded_at=now, seed=wish.seed, actor=author)


@transaction.atomic
def _open(homes: Sequence[Home], *, calendar: Calendar, now: datetime) -> None:
    price_book.write(_book(calendar, now))
    _invite(homes, calendar=calendar)


def _book(calendar: Calendar, now: datetime) -> price_book.Book:
    users = {user.email: user for user in User.objects.filter(email__in=[WRITER, APPROVER])}
    today = local_date(now, calendar.zone)
    return price_book.Book(calendar, users[WRITER], users[APPROVER], now, today)


def _invite(homes: Sequence[Home], *, calendar: Calendar) -> None:
    """Tie the logins to their accounts and note everybody's e-mail.

    Last, so that no mail goes out about months that are long past.
    """
    users = {user.email: user for user in User.objects.all()}
    rows = {row.number: row for row in CustomerAccount.objects.select_related("customer")}
    since = datetime.combine(calendar.starts_on, time(), UTC)
    for serial, home in enumerate(homes, 1):
        account = rows[from_serial(serial)]
        account.customer.email = places.email_of(home)
        account.customer.save(update_fields=["email"])
        if home.login:
            accounts.grant_role(
                users[home.login], account, AccountRole.Role.HOLDER, starts_at=since
            )

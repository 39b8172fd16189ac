"""The customer in the help room: the head of the page, and what its tabs show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant, Customer, CustomerAccount
from accounts.names import masked_phone
from core import formats
from ledger.items import open_items
from ledger.queries import Balance, balances
from meters.models import CustomerAgreement
from support import access
from support.presentation import ageing, services
from support.presentation.revealed import MASK, Field, revealed


@dataclass(frozen=True)
class Flag:
    """Something to know before one speaks; `tag` is a kind of the tag component."""

    word: str
    tag: str


@dataclass(frozen=True)
class AccountView:
    """One account and how it stands; amounts in minor units of its currency."""

    account: CustomerAccount
    balance: Balance
    ages: Sequence[ageing.Age]
    since: date | None  # when the oldest debt was or is due

    @property
    def late_minor(self) -> int:
        return sum(age.minor for age in self.ages if age.is_late)


@dataclass(frozen=True)
class CustomerView:
    """The head of every tab, masked where it was not asked for."""

    customer: Customer
    phone: str
    postal_address: str
    hidden: Sequence[Field]  # what can be asked for
    shown: frozenset[str]
    accounts: Sequence[AccountView]
    agreements: Sequence[CustomerAgreement]
    today: date

    @property
    def flags(self) -> list[Flag]:
        return list(_flags(self))

    @property
    def off(self) -> int:
        """Return how many services are switched off."""
        return sum(services.is_off(agreement) for agreement in self.agreements)

    @property
    def next_act(self) -> str:
        return next(_acts(self), _("Nothing is open: ask what it is about."))


def customer_view(grant: AssistanceGrant, *, now: datetime, today: date) -> CustomerView:
    """Return the customer of a session, in five queries.

    :param now: the business moment; `today` is the utility's day
    """
    customer, shown = grant.customer, revealed(grant)
    accounts = list(access.accounts_of(grant))
    return CustomerView(
        customer=customer,
        phone=customer.phone if Field.PHONE in shown else masked_phone(customer.phone),
        postal_address=customer.postal_address if Field.ADDRESS in shown else MASK,
        hidden=_hidden(customer, shown),
        shown=shown,
        accounts=_accounts(accounts, today),
        agreements=services.agreements_of(accounts, now),
        today=today,
    )


def _hidden(customer: Customer, shown: frozenset[str]) -> list[Field]:
    there = {Field.PHONE: bool(customer.phone), Field.ADDRESS: True}
    return [each for each, is_there in there.items() if is_there and each not in shown]


def _accounts(accounts: Sequence[CustomerAccount], today: date) -> list[AccountView]:
    ids = [account.pk for account in accounts]
    stands, items = balances(ids), open_items(ids)
    found = []
    for account in accounts:
        key = (account.pk, account.currency)
        debits = items[key].debits if key in items else []
        stand = stands.get(key, Balance(account.currency))
        found.append(AccountView(account, stand, ageing.ages(debits, today), ageing.oldest(debits)))
    return found


def _flags(view: CustomerView) -> Iterator[Flag]:
    if view.customer.has_special_need:
        yield Flag(_("Special need"), "warn")
    if view.off:
        yield Flag(_("Switched off"), "warn")
    if any(row.late_minor for row in view.accounts):
        yield Flag(_("Overdue"), "warn")
    if any(row.balance.disputed for row in view.accounts):
        yield Flag(_("Payment disputed"), "warn")
    if view.accounts and all(_is_closed(row) for row in view.accounts):
        yield Flag(_("Closed"), "off")


def _is_closed(row: AccountView) -> bool:
    return row.account.status != CustomerAccount.Status.OPEN


def _acts(view: CustomerView) -> Iterator[str]:
    if view.off:
        yield _("A service is switched off: see what it takes to switch it on again.")
    for row in _by_age(view.accounts):
        told = _told(row)
        if row.late_minor:
            yield _("%(amount)s of account %(number)s is late since %(day)s: ask for it.") % told
        elif row.balance.balance > 0:
            yield _("%(amount)s of account %(number)s is due on %(day)s.") % told
    for row in view.accounts:
        if row.balance.balance < 0:
            words = {"amount": formats.money(-row.balance.balance, row.account.currency)}
            yield _("The customer has %(amount)s of credit.") % words


def _by_age(rows: Iterable[AccountView]) -> list[AccountView]:
    return sorted((row for row in rows if row.since), key=lambda row: row.since or date.max)


def _told(row: AccountView) -> Mapping[str, str]:
    amount = row.late_minor or row.balance.balance
    return {
        "amount": formats.money(amount, row.account.currency),
        "number": row.account.number,
        "day": formats.day(row.since) if row.since else "",
    }

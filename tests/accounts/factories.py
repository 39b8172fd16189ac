"""Customers, accounts and logins for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from accounts import numbers, operations
from accounts.models import Customer, CustomerAccount, User, Utility

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
_serial = count(1)


def make_utility(**fields):
    values = {"name": "Riverside Utilities", "currency": "USD", **fields}
    return Utility.objects.update_or_create(pk=1, defaults=values)[0]


def make_user(email=None, **fields) -> User:
    return operations.create_user(
        email or f"person{next(_serial)}@example.com",
        password=fields.pop("password", "correct horse battery"),
        **fields,
    )


def make_account(name="Ada Lovelace", **fields) -> CustomerAccount:
    customer = Customer.objects.create(name=name)
    return operations.open_account(
        customer,
        currency=fields.pop("currency", "USD"),
        opened_on=fields.pop("opened_on", date(2025, 10, 1)),
        number=fields.pop("number", numbers.from_serial(next(_serial))),
        **fields,
    )

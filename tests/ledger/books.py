"""Small books for tests: accounts, bills and payments with the amounts in the test itself."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

from django.db import connection

from accounts.models import Customer, CustomerAccount
from core.integrity import Scope
from ledger import operations
from ledger.checks import CHECKS
from ledger.entries import Entry, Leg
from reports import integrity

DAY = date(2026, 3, 1)
numbers = itertools.count(1)


def open_account(currency: str = "USD") -> CustomerAccount:
    customer = Customer.objects.create(name="Ada")
    return CustomerAccount.objects.create(
        number=f"T{next(numbers)}", customer=customer, currency=currency, opened_on=date(2025, 1, 1)
    )


def bill_entry(account_id: int, amount: int, key: str, *, due_on: date = DAY, **more) -> Entry:
    legs = [Leg("receivable", amount, account_id), Leg("revenue", -amount, code="energy")]
    return Entry("statement.issued", key, more.pop("currency", "USD"), DAY, legs, due_on=due_on)


def pay_entry(account_id: int, amount: int, key: str, **more) -> Entry:
    legs = [Leg("cash_drawer", amount, code="1"), Leg("receivable", -amount, account_id)]
    return Entry("money.received", key, "USD", DAY, legs, **more)


def bill(account: CustomerAccount, amount: int, key: str, **more) -> int:
    return operations.post(bill_entry(account.pk, amount, key, **more))


def pay(account: CustomerAccount, amount: int, key: str) -> int:
    return operations.post(pay_entry(account.pk, amount, key))


def refund(account: CustomerAccount, amount: int, key: str) -> int:
    """Post the request of a refund, as owed to the customer until the provider has sent it."""
    return _other("money.returned", key, account, amount, Leg("refunds_payable", -amount))


def refund_fails(
    account: CustomerAccount, amount: int, key: str, kind: str = "refunds_payable"
) -> int:
    """Post a failure before the money went, or from `stripe_clearing` after it."""
    return _other("money.not_returned", key, account, -amount, Leg(kind, amount))


def withdraw(account: CustomerAccount, amount: int, key: str) -> int:
    """Post a dispute's withdrawal, which touches `disputed` and not the receivable."""
    legs = [Leg("disputed", amount, account.pk), Leg("stripe_clearing", -amount)]
    return operations.post(Entry("money.withdrawn", key, account.currency, DAY, legs))


def lose(account: CustomerAccount, amount: int, key: str) -> int:
    """Post a lost dispute: what was withdrawn is owed again."""
    return _other("money.lost", key, account, amount, Leg("disputed", -amount, account.pk))


def _other(event: str, key: str, account: CustomerAccount, amount: int, against: Leg) -> int:
    legs = [Leg("receivable", amount, account.pk), against]
    return operations.post(Entry(event, key, account.currency, DAY, legs, category="other"))


def violations(*, warnings: bool = False) -> dict[str, list]:
    """Return the findings of the ledger's checks by code; codes with none are left out."""
    results = integrity.check(Scope(datetime.now(UTC)), only=list(CHECKS))
    return {r.code: list(r.examples) for r in results if r.violations or (warnings and r.warnings)}


def sql(statement: str, *parameters) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def settle_deferred() -> None:
    """Make PostgreSQL check now what it would check at commit."""
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")

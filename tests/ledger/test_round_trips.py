"""One payment costs few statements, however many bills it pays and however long the history."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import operations
from tests.ledger.books import bill, open_account, pay, refund, refund_fails

pytestmark = pytest.mark.django_db
SIZES = (1, 3, 20)


def statements_of(act):
    """Return how many statements act sends, without savepoints; COPY and many rows are one."""
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        act()
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


def account_with(bills):
    """Return an account with as many paid bills of 10 as open ones."""
    account = open_account()
    for number in range(bills):
        bill(account, 10, f"{account.pk}:old:{number}")
        pay(account, 10, f"{account.pk}:paid:{number}")
    operations.allocate([account.pk])
    for number in range(bills):
        bill(account, 10, f"{account.pk}:new:{number}")
    return account


def receive(account, amount):
    entry = pay(account, amount, f"{account.pk}:money")
    operations.allocate([account.pk])
    return entry


def test_a_payment_is_posted_and_allocated_in_few_statements():
    counts = {cost_of_a_payment(bills) for bills in SIZES}

    assert counts == {14 if connection.vendor == "postgresql" else 16}


def cost_of_a_payment(bills):
    account = account_with(bills)
    return statements_of(lambda: receive(account, 10 * bills))


def test_a_refund_and_its_failure_cost_the_same_for_one_bill_and_for_twenty():
    counts = {cost_of_undoing(bills) for bills in SIZES}

    assert len(counts) == 1
    assert max(counts.pop()) <= 14


def cost_of_undoing(bills):
    account = account_with(bills)
    payment = receive(account, 10 * bills)
    debit = refund(account, 10 * bills, f"{account.pk}:rf")
    settling = statements_of(lambda: operations.settle_against(payment, debit, 10 * bills))
    credit = refund_fails(account, 10 * bills, f"{account.pk}:fail")
    return settling, statements_of(lambda: operations.resettle(debit, credit))

"""What each credit paid, and what is left of each debt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger import operations, queries
from tests.ledger.books import DAY, bill, open_account, pay, refund, refund_fails

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    account = open_account()
    account.first = bill(account, 100, "debt:1")
    account.second = bill(account, 60, "debt:2", due_on=DAY + timedelta(days=31))
    account.payment = pay(account, 130, "money:1")
    operations.allocate([account.pk])
    return account


def test_what_each_payment_paid_and_what_paid_each_bill(account):
    pay(account, 40, "money:2")
    operations.allocate([account.pk])

    assert queries.paid_by(["money:1", "money:2", "money:3"]) == {
        "money:1": [("debt:1", 100), ("debt:2", 30)],
        "money:2": [("debt:2", 30)],
    }
    assert queries.paid_with(["debt:1", "debt:2"]) == {
        "debt:1": [("money:1", 100)],
        "debt:2": [("money:1", 30), ("money:2", 30)],
    }


def test_what_was_taken_back_does_not_count(account):
    debit = refund(account, 50, "rf:1")
    operations.settle_against(account.payment, debit, 50)

    assert queries.paid_by(["money:1"]) == {"money:1": [("debt:1", 80), ("rf:1", 50)]}

    operations.resettle(debit, refund_fails(account, 50, "rf:1:fail"))

    assert queries.paid_by(["money:1", "rf:1:fail"]) == {
        "money:1": [("debt:1", 100), ("debt:2", 30)],
        "rf:1:fail": [("rf:1", 50)],
    }


def test_what_is_left_of_each_debt(account):
    assert queries.open_by_entry(account.pk, "USD") == {account.second: 30}


def test_what_was_paid_takes_one_query_for_any_number(account, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.paid_by(["money:1"])
    with django_assert_num_queries(1):
        queries.paid_by([f"money:{number}" for number in range(50)])

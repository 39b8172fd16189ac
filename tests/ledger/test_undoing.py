"""Refunds and lost disputes undo what a payment paid; a failed refund gives it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import bulk
from ledger import operations, queries
from ledger.operations import NotSettleable
from tests.ledger.books import DAY, bill, open_account, pay, refund, refund_fails, violations

pytestmark = pytest.mark.django_db


def paid(*keys):
    found = queries.settlement(keys)
    return [found[key].paid for key in keys]


@pytest.fixture
def account():
    """Two bills of 100 and 60, paid by one payment of 170: 10 are surplus."""
    account = open_account()
    account.first = bill(account, 100, "debt:1")
    account.second = bill(account, 60, "debt:2", due_on=DAY + timedelta(days=31))
    account.payment = pay(account, 170, "money:1")
    operations.allocate([account.pk])
    return account


def credit(account):
    return queries.balance(account.pk, "USD").available_credit


def test_surplus_is_used_first_then_the_newest_allocation(account):
    debit = refund(account, 30, "rf:1")

    operations.settle_against(account.payment, debit, 30)

    assert paid("debt:1", "debt:2", "rf:1") == [100, 40, 30]
    assert credit(account) == 0
    assert violations(warnings=True) == {}


def test_a_refund_of_the_surplus_reopens_nothing(account):
    operations.settle_against(account.payment, refund(account, 10, "rf:1"), 10)

    assert paid("debt:1", "debt:2", "rf:1") == [100, 60, 10]
    assert violations(warnings=True) == {}


def test_a_refund_over_several_bills_reopens_them_newest_first(account):
    operations.settle_against(account.payment, refund(account, 150, "rf:1"), 150)

    assert paid("debt:1", "debt:2", "rf:1") == [20, 0, 150]
    assert queries.balance(account.pk, "USD").open_debt == 140
    assert violations(warnings=True) == {}


def test_partial_refunds_leave_each_other_alone_up_to_the_payment(account):
    for number, amount in enumerate((30, 100, 40), start=1):
        operations.settle_against(account.payment, refund(account, amount, f"rf:{number}"), amount)

    assert paid("rf:1", "rf:2", "rf:3", "debt:1", "debt:2") == [30, 100, 40, 0, 0]
    too_much = refund(account, 1, "rf:4")
    with pytest.raises(NotSettleable, match="has 0 of 1"):
        operations.settle_against(account.payment, too_much, 1)
    assert violations() == {}


def test_what_was_taken_back_too_much_returns_to_the_bill_of_the_customers_choice():
    account = open_account()
    bill(account, 100, "debt:1")
    chosen = bill(account, 100, "debt:2", due_on=DAY + timedelta(days=31))
    payment = pay(account, 100, "money:1")
    operations.allocate([account.pk], prefer={account.pk: [chosen]})

    operations.settle_against(payment, refund(account, 40, "rf:1"), 40)

    assert paid("debt:1", "debt:2", "rf:1") == [0, 60, 40]


def test_other_free_credit_pays_what_a_refund_opens(account):
    pay(account, 50, "money:2")

    operations.settle_against(account.payment, refund(account, 60, "rf:1"), 60)

    assert paid("debt:1", "debt:2", "rf:1") == [100, 60, 60]
    assert credit(account) == 0
    assert violations(warnings=True) == {}


def test_a_bill_that_was_cancelled_meanwhile_is_not_reopened(account):
    operations.reverse(
        account.second, source_key="debt:2:cancel", effective_date=DAY, reason="x", actor="me"
    )

    operations.settle_against(account.payment, refund(account, 80, "rf:1"), 80)

    assert paid("debt:1", "rf:1") == [90, 80]
    assert queries.settlement(["debt:2"])["debt:2"].state is queries.State.REVERSED
    assert violations(warnings=True) == {}


def test_a_debit_that_other_credit_paid_already_is_freed_for_its_payment(account):
    debit = refund(account, 40, "rf:1")
    operations.allocate([account.pk])  # the surplus of 10 pays a part of it

    operations.settle_against(account.payment, debit, 40)

    assert queries.settlement(["rf:1"])["rf:1"].state is queries.State.SETTLED
    assert sum(paid("debt:1", "debt:2")) == 130
    assert violations(warnings=True) == {}


def test_a_failed_refund_pays_the_same_bills_again(account):
    debit = refund(account, 150, "rf:1")
    operations.settle_against(account.payment, debit, 150)

    operations.resettle(debit, refund_fails(account, 150, "rf:1:fail"))

    assert paid("debt:1", "debt:2", "rf:1") == [100, 60, 150]
    assert credit(account) == 10
    assert violations(warnings=True) == {}


def test_a_failed_refund_prefers_what_it_had_paid_to_what_is_older(account):
    debit = refund(account, 70, "rf:1")
    operations.settle_against(account.payment, debit, 70)
    bill(account, 25, "debt:0", due_on=DAY - timedelta(days=31))

    operations.resettle(debit, refund_fails(account, 70, "rf:1:fail"))

    assert paid("debt:0", "debt:1", "debt:2") == [10, 100, 60]
    assert violations(warnings=True) == {}


def test_one_of_two_refunds_fails(account):
    first, second = refund(account, 70, "rf:1"), refund(account, 100, "rf:2")
    operations.settle_against(account.payment, first, 70)
    operations.settle_against(account.payment, second, 100)

    operations.resettle(first, refund_fails(account, 70, "rf:1:fail"))

    assert paid("debt:1", "debt:2", "rf:1", "rf:2") == [10, 60, 70, 100]
    assert violations(warnings=True) == {}


def test_a_refund_fails_once(account):
    debit = refund(account, 70, "rf:1")
    operations.settle_against(account.payment, debit, 70)
    operations.resettle(debit, refund_fails(account, 70, "rf:1:fail:1"))

    again = refund_fails(account, 70, "rf:1:fail:2")
    with pytest.raises(NotSettleable, match="has 0 of 70"):
        operations.resettle(debit, again)


def test_a_refunded_payment_that_bounces_leaves_the_refund_owed(account):
    operations.settle_against(account.payment, refund(account, 150, "rf:1"), 150)

    operations.reverse(
        account.payment, source_key="money:1:back", effective_date=DAY, reason="x", actor="me"
    )

    assert paid("debt:1", "debt:2", "rf:1") == [0, 0, 0]
    assert queries.balance(account.pk, "USD").open_debt == 310
    assert violations(warnings=True) == {}


def test_a_reversed_payment_cannot_be_refunded(account):
    operations.reverse(
        account.payment, source_key="money:1:back", effective_date=DAY, reason="x", actor="me"
    )

    debit = refund(account, 10, "rf:1")
    with pytest.raises(NotSettleable):
        operations.settle_against(account.payment, debit, 10)


def test_strangers_nothing_and_too_much_are_refused(account):
    other = open_account()
    stranger, own = refund(other, 10, "rf:1"), refund(account, 10, "rf:2")

    for debit, amount in ((stranger, 10), (own, 0), (own, -5), (own, 11), (10**9, 10)):
        with pytest.raises(NotSettleable):
            operations.settle_against(account.payment, debit, amount)
    with pytest.raises(NotSettleable):  # the wrong way round
        operations.settle_against(own, account.payment, 10)

    assert paid("debt:1", "debt:2", "rf:2") == [100, 60, 0]
    assert violations() == {}


def test_the_number_of_round_trips_does_not_grow_with_the_bills():
    assert trips(bills=2, prefix="a") == trips(bills=12, prefix="b")


def trips(*, bills, prefix):
    account = open_account()
    for number in range(bills):
        bill(account, 10, f"{prefix}:{number}")
    payment = pay(account, 10 * bills, f"{prefix}:money")
    operations.allocate([account.pk])
    debit = refund(account, 10 * bills, f"{prefix}:rf")
    before = bulk.round_trips()
    with CaptureQueriesContext(connection) as sent:
        operations.settle_against(payment, debit, 10 * bills)
    many_at_once = sum("times: " in q["sql"] for q in sent)
    return len(sent) - many_at_once + bulk.round_trips() - before

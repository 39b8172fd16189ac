"""Payouts: on their way to the bank at first sight, back when they fail, in any order."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from payments.models import BalanceTransaction, PaymentCase, Payout
from payments.operations import payouts
from payments.outcomes import Applied
from tests.accounts.factories import make_utility
from tests.payments.paying import NOW, legs
from tests.payments.returning import sums

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def utility():
    make_utility()


@pytest.fixture
def sent(provider):
    return provider.pay_out(5000)


def apply(view):
    return payouts.apply_payout(view, now=NOW, cause="test")


def test_a_payout_is_booked_once(sent):
    assert [apply(sent), apply(sent)] == [Applied.APPLIED, Applied.UNCHANGED]

    assert legs(f"po:{sent.id}") == [("bank", 5000), ("stripe_clearing", -5000)]
    assert BalanceTransaction.objects.filter(source_id=sent.id).count() == 1


def test_a_payout_that_fails_is_at_the_provider_again(sent, provider):
    apply(sent)
    back = provider.move_balance("payout_failure", 5000, sent.id)

    apply(replace(sent, status="failed", failure_balance=back))

    assert legs(f"po:{sent.id}:failed") == [("bank", -5000), ("stripe_clearing", 5000)]
    assert sums() == {}
    assert PaymentCase.objects.get().key == f"payout_failed:{sent.id}"


def test_a_cancelled_payout_is_nobodys_task(sent):
    apply(replace(sent, status="pending"))
    apply(replace(sent, status="canceled"))

    assert sums() == {} and not PaymentCase.objects.exists()


def test_a_payout_that_failed_before_we_looked_is_never_booked(sent):
    apply(replace(sent, status="failed"))
    apply(sent)

    assert sums() == {}
    assert (Payout.objects.get().status, PaymentCase.objects.count()) == ("failed", 1)


@pytest.mark.parametrize("order", list(itertools.permutations(["in_transit", "paid", "failed"])))
def test_every_order_ends_in_the_same_books(sent, order):
    for status in order:
        for _ in range(2):
            apply(replace(sent, status=status))

    assert sums() == {}
    assert (Payout.objects.get().status, PaymentCase.objects.count()) == ("failed", 1)


def test_a_payout_may_take_from_our_bank_and_cost_a_fee(sent, provider):
    moved = provider.move_balance("payout", 700, sent.id, fee=25)

    apply(replace(sent, amount=-700, balance=moved))

    assert sums() == {"bank": -700, "stripe_clearing": 675, "psp_fees": 25}

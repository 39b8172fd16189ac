"""Money that only passes through is reported when it stays: at the provider, owed, unexplained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.integrity import Scope
from ledger import operations
from ledger.entries import Entry, Leg
from reports import integrity
from tests.ledger.books import DAY, lose, open_account, refund, refund_fails, violations, withdraw

pytestmark = pytest.mark.django_db


def post(key, *legs):
    return operations.post(Entry("money.moved", key, "USD", DAY, legs))


def warned_after(days):
    (result,) = integrity.check(Scope(datetime.now(UTC) + timedelta(days=days)), only=["L10"])
    assert result.violations == 0
    return [finding.subject for finding in result.findings]


def test_money_at_the_provider_is_paid_out_within_a_fortnight():
    post("pi:1:ok", Leg("stripe_clearing", 100), Leg("suspense", -100))
    post("bt:1:fee", Leg("psp_fees", 3), Leg("stripe_clearing", -3))
    assert warned_after(13) == []
    assert warned_after(15) == ["stripe_clearing USD"]

    post("po:1", Leg("bank", 97), Leg("stripe_clearing", -97))

    assert warned_after(15) == []


def test_a_debt_to_the_provider_is_noticed_too():
    post("po:1", Leg("bank", 97), Leg("stripe_clearing", -97))

    assert warned_after(15) == ["stripe_clearing USD"]


def test_unidentified_receipts_are_named_one_by_one():
    for number, amount in enumerate((50, 70, 50), start=1):
        post(f"found:{number}", Leg("bank", amount), Leg("suspense", -amount))
    account = open_account()

    post("susp:1", Leg("suspense", 50), Leg("receivable", -50, account.pk))

    assert warned_after(29) == []
    assert warned_after(31) == ["suspense found:2", "suspense found:3"]

    post("susp:2", Leg("suspense", 70), Leg("receivable", -70, account.pk))
    post("susp:3", Leg("suspense", 50), Leg("receivable", -50, account.pk))

    assert warned_after(31) == []


def test_a_refund_that_is_neither_sent_nor_failed():
    account = open_account()
    refund(account, 40, "rf:1:req")
    refund(account, 30, "rf:2:req")

    refund_fails(account, 30, "re:2:fail:1")

    assert warned_after(15) == ["refunds_payable rf:1:req"]


def test_a_dispute_that_nobody_decides():
    one, two = open_account(), open_account()
    withdraw(one, 40, "bt:1")
    withdraw(two, 40, "bt:2")
    post("po:1", Leg("stripe_clearing", 80), Leg("bank", -80))

    lose(two, 40, "dp:2:lost")

    assert warned_after(119) == []
    assert warned_after(121) == ["disputed bt:1"]


def test_a_refund_sent_twice_is_a_violation():
    account = open_account()
    refund(account, 40, "rf:1:req")
    for number in (1, 2):
        post(f"re:{number}:ok", Leg("refunds_payable", 40), Leg("stripe_clearing", -40))

    assert list(violations()) == ["L10"]

"""The account history: every movement in words, with the balance that it leaves."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from payments.operations import (
    chargebacks,
    record_counter_payment,
    refunds,
    reverse_counter_payment,
)
from reports import account_history
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account, make_user
from tests.payments.paying import NOW
from tests.payments.provider import provider
from tests.payments.returning import ask, follow, paid
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of

__all__ = ["provider"]
pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)


@pytest.fixture
def statement():
    make_world()
    return make_bill(FLAT)


def history_of(client, account, **query):
    client.force_login(holder_of(account))
    answer = client.get(reverse("reports:account_history", args=[account.number]), query)
    html = answer.content.decode().split("<main", 1)[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def pay(statement, amount_minor, reference):
    return record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=reference,
        received_on=DAY,
        actor=None,
    )


def test_bills_payments_and_their_reversals_are_told_with_the_running_balance(client, statement):
    wrong = pay(statement, 9999, "R-1")
    reverse_counter_payment(wrong, reason="Somebody else's", reversed_on=DAY, actor=None)
    pay(statement, 5000, "R-2")
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    said = history_of(client, statement.account)

    assert "Balance $50.00 in credit" in said
    told = [
        f"December 5, 2026 Bill {statement.number} cancelled -$58.12 $50.00 in credit",
        "November 10, 2026 Payment received Receipt R-2 -$50.00 You owe $8.12",
        "November 10, 2026 Payment taken back Receipt R-1 $99.99 You owe $58.12",
        "November 10, 2026 Payment received Receipt R-1 -$99.99 $41.87 in credit",
        f"November 5, 2026 Bill {statement.number} $58.12 You owe $58.12",
    ]
    assert " ".join(told) in said
    assert "Somebody else" not in said and "Wrong meter" not in said


def test_pages_follow_each_other_without_a_gap(client, statement, monkeypatch):
    monkeypatch.setattr(account_history, "PAGE_SIZE", 2)
    for number in range(1, 5):
        pay(statement, 100, f"R-{number}")

    first = account_history.history_page(statement.account)
    second = account_history.history_page(statement.account, before=first.older)
    third = account_history.history_page(statement.account, before=second.older)

    shown = [row.note or row.words for page in (first, second, third) for row in page.rows]
    assert shown == [
        "Receipt R-4",
        "Receipt R-3",
        "Receipt R-2",
        "Receipt R-1",
        f"Bill {statement.number}",
    ]
    assert (first.is_first, third.older) == (True, None)
    assert "Older" in history_of(client, statement.account)


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_a_constant_number_of_queries(statement, number, django_assert_num_queries):
    for n in range(number):
        pay(statement, 100, f"R-{n}")

    with django_assert_num_queries(4):
        account_history.history_page(statement.account)


def test_every_way_that_money_goes_is_told_and_led_to_its_receipt(client, statement, provider):
    payment = paid(statement, provider)
    refund = ask(payment, make_staff("cashier"), 1000)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    refund = refunds.submit_refund(refund, now=NOW)
    provider.settle_refund(refund.provider_id, "failed", "declined")
    follow(provider, refund.provider_id)
    dispute = provider.open_dispute(payment.intent_id)
    chargebacks.apply_dispute(dispute, now=NOW, cause="test")
    chargebacks.apply_dispute(provider.close_dispute(dispute.id, "lost"), now=NOW, cause="test")

    said = history_of(client, statement.account)

    number = payment.reference
    told = [
        f"Payment returned by your bank Receipt {number} $58.12 You owe $58.12",
        f"Held while your bank looks into a payment Receipt {number} – –",
        f"Refund did not arrive; it is yours again Receipt {number} -$10.00 Nothing to pay",
        f"Refund to you Receipt {number} $10.00 You owe $10.00",
        f"Payment received Receipt {number} -$58.12 Nothing to pay",
    ]
    assert [line for line in told if line not in said] == []
    assert said.count("Payment returned by your bank") == 1
    assert "Paid twice" not in said and "late_fee" not in said and "chargeback" not in said
    page = account_history.history_page(statement.account)
    links = {row.link for row in page.rows}
    assert links == {
        reverse("payments:payment", args=[number]),
        reverse("statements:detail", args=[statement.number]),
    }


def test_the_running_balance_is_the_balance_of_each_bill(provider):
    make_world()
    service = make_home(FLAT)
    bills = []
    for month, period in (("2026-10", OCTOBER), ("2026-11", NOVEMBER)):
        read_steadily(service.channel, period)
        bills.append(bill(service, month, as_of=period.ends_at + timedelta(days=4)))
        if month == "2026-10":
            paid(bills[0], provider, 5000)

    page = account_history.history_page(service.agreement.account)

    after = {row.words: row.balance_minor for row in page.rows}
    for statement in bills:
        assert after[f"Bill {statement.number}"] == statement.amount_due_minor
    running = 0
    for row in reversed(page.rows):
        running += row.amount_minor
        assert row.balance_minor == running


def test_the_history_of_others_does_not_exist(client, statement):
    url = reverse("reports:account_history", args=[statement.account.number])

    assert client.get(url).status_code == 302
    for user in (make_user(), make_staff("billing_manager"), holder_of(make_account())):
        client.force_login(user)
        assert client.get(url).status_code == 404


def test_an_empty_history_says_so(client):
    make_world()

    assert "Nothing has been billed or paid" in history_of(client, make_account())

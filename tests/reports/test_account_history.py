"""The account history: every movement in words, with the balance that it leaves."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from payments.operations import record_counter_payment, reverse_counter_payment
from reports import account_history
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import FLAT, IN_DECEMBER, make_bill, make_staff, make_world
from tests.statements.test_pages import holder_of

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
        "November 10, 2026 Payment taken back $99.99 You owe $58.12",
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
def test_a_page_takes_three_queries(statement, number, django_assert_num_queries):
    for n in range(number):
        pay(statement, 100, f"R-{n}")

    with django_assert_num_queries(3):
        account_history.history_page(statement.account)


def test_the_history_of_others_does_not_exist(client, statement):
    url = reverse("reports:account_history", args=[statement.account.number])

    assert client.get(url).status_code == 302
    for user in (make_user(), make_staff("billing_manager"), holder_of(make_account())):
        client.force_login(user)
        assert client.get(url).status_code == 404


def test_an_empty_history_says_so(client):
    make_world()

    assert "Nothing has been billed or paid" in history_of(client, make_account())

"""Adjustments at the same moment, on PostgreSQL: first without the lock, to see the race."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts.models import CustomerAccount
from accounts.operations import approvals, grants
from core import clock
from statements.models import Adjustment
from statements.operations import adjusting
from statements.operations.adjusting import rules
from tests.ledger.books import violations
from tests.payments.paying import stands
from tests.racing import together
from tests.statements.adjusting import adjust, approve, session_with
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def bills():
    """Two bills of two accounts that one customer holds."""
    make_world()
    first, second = make_bill(FLAT), make_bill(FLAT)
    CustomerAccount.objects.filter(pk=second.account_id).update(customer=first.account.customer)
    second.refresh_from_db()
    return [first, second]


def adjusted_at_once(bills):
    grant = session_with(bills[0])
    grants.raise_level(grant, clock.real_now())  # else its row would be the lock, once
    raised = together(*[lambda bill=bill: adjust(bill, -4000, grant) for bill in bills])
    assert raised == [None, None]
    return sorted(Adjustment.objects.values_list("state", flat=True))


def test_without_the_lock_two_clicks_go_over_the_limit(bills, monkeypatch):
    real, both = rules.left_alone_minor, threading.Barrier(2)

    def left(*args):
        found = real(*args)
        both.wait(timeout=10)
        return found

    monkeypatch.setattr(rules, "left_alone_minor", left)
    monkeypatch.setattr(rules, "lock_day", lambda person: None)

    assert adjusted_at_once(bills) == ["posted", "posted"]


def test_with_it_the_second_waits_for_a_second_person(bills):
    assert adjusted_at_once(bills) == ["posted", "waiting"]
    assert violations() == {}


def test_two_of_finance_at_once_post_it_once(bills):
    statement = bills[0]
    made = adjust(statement, -5500, session_with(statement))
    asked = [approvals.waiting_for(adjusting.KIND, made) for _person in range(2)]
    outcomes = []

    def decide(request):
        person, mine = make_staff("finance"), Adjustment.objects.get(pk=made.pk)
        try:
            approve(mine, person, request)
            outcomes.append("approved")
        except approvals.AlreadyDecided:
            outcomes.append("too late")

    together(*[lambda request=request: decide(request) for request in asked])

    assert sorted(outcomes) == ["approved", "too late"]
    assert stands(statement) == statement.total_minor - 5500

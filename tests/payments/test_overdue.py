"""Who is late is told once for each bill, and only while money is open."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.queries import settlement
from notifications.models import Delivery, Notice
from payments import operations, tasks
from statements import entries
from statements.models import Statement
from statements.operations.cancel import cancel
from tests.accounts.factories import make_utility
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    WATER,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 26)
DAY_AFTER = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def world():
    make_world()


def remind(today=DAY_AFTER):
    return operations.notify_overdue(today=today, now=IN_DECEMBER)


def reminders():
    return Notice.objects.filter(kind="statement.overdue")


def test_the_day_after_the_due_date_the_customer_is_told_once():
    statement = make_bill(FLAT)
    statement.account.customer.email = "ada@example.com"
    statement.account.customer.save()

    assert [remind(DUE), remind(), remind()] == [0, 1, 0]

    notice = reminders().get()
    assert notice.key == f"statement.overdue:{statement.pk}"
    assert notice.subject == f"Bill {statement.number} is overdue"
    assert "$58.12 of it is still open; it was due on November 26, 2026." in notice.body
    assert notice.link == f"/bills/by-id/{statement.pk}/"
    assert Delivery.objects.get(notice=notice).address == "ada@example.com"


def test_only_what_is_open_is_asked_for():
    statement = make_bill(FLAT)
    operations.record_counter_payment(
        statement.account, amount_minor=5000, reference="R-1", received_on=DUE, actor=None
    )

    remind()

    assert "$8.12 of it is still open" in reminders().get().body
    assert (
        settlement([entries.issue_key(statement.pk)])[entries.issue_key(statement.pk)].open == 812
    )


def test_who_paid_is_left_in_peace():
    statement = make_bill(FLAT)
    operations.record_counter_payment(
        statement.account, amount_minor=5812, reference="R-1", received_on=DUE, actor=None
    )

    assert remind() == 0


def test_a_cancelled_or_empty_bill_is_never_late():
    make_bill(WATER, each=0)
    cancel(make_bill(FLAT), reason="Wrong", actor=None, cancelled_at=IN_DECEMBER)

    assert remind() == 0


def test_the_paid_bill_of_somebody_who_owes_another_is_not_asked_for():
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    october = bill(service)
    operations.record_counter_payment(
        october.account, amount_minor=5812, reference="R-1", received_on=DUE, actor=None
    )
    read_steadily(service.channel, NOVEMBER)
    november = bill(service, "2026-11", as_of=IN_DECEMBER)

    assert remind(date(2027, 2, 1)) == 1
    assert reminders().get().key == f"statement.overdue:{november.pk}"


@pytest.mark.parametrize("number", [1, 4])
def test_the_number_of_queries_does_not_grow(number, django_assert_max_num_queries):
    services = [make_home(FLAT) for _ in range(number)]
    for service in services:
        read_steadily(service.channel, OCTOBER)
    bill(services[0])
    assert Statement.objects.filter(state="issued").count() == number

    with django_assert_max_num_queries(17):
        assert remind() == number


def test_the_daily_task_uses_the_day_of_the_utility(monkeypatch):
    make_bill(FLAT)
    make_utility(zone_name="America/New_York")
    monkeypatch.setattr("core.clock.now", lambda: IN_DECEMBER)

    tasks.notify_overdue()

    assert reminders().count() == 1

"""Who has an open bill is reminded on the days they chose, once for each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts import operations as people
from billing_site import timetable
from notifications.models import Delivery, Notice
from notifications.operations import choose_reminder_days, switch_email
from payments import operations, tasks
from statements.models import Statement
from tests.accounts.factories import NOW, make_user
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def world():
    make_world()


def before(days):
    """Remind so many days before the due date, and return how many were told."""
    return operations.remind_of_due(today=DUE - timedelta(days=days), now=IN_DECEMBER)


def told():
    notices = Notice.objects.filter(kind="statement.due_soon").order_by("pk")
    return [int(key.rpartition(":")[2]) for key in notices.values_list("key", flat=True)]


def boxes(days):
    found = Delivery.objects.filter(
        notice__key__endswith=f":{days}", notice__kind="statement.due_soon"
    )
    return set(found.values_list("address", flat=True))


def holder_of(statement, *days):
    user = make_user()
    people.grant_role(user, statement.account, "holder", starts_at=NOW)
    if days:
        choose_reminder_days(user, days)
    return user


def test_who_chose_nothing_is_told_a_week_and_a_day_before():
    statement = make_bill(FLAT)
    user = holder_of(statement)

    counts = [before(days) for days in range(15, -3, -1)]

    assert told() == [7, 1] and sum(counts) == 2
    week, day = Notice.objects.filter(kind="statement.due_soon").order_by("pk")
    assert week.subject == f"Bill {statement.number} is due in 7 days"
    assert day.subject == f"Bill {statement.number} is due in 1 day"
    assert "$58.12 of it is open. Please pay it by November 26, 2026." in week.body
    assert week.link == f"/bills/by-id/{statement.pk}/"
    assert boxes(7) == boxes(1) == {user.email}


def test_each_day_tells_each_bill_once_however_often_it_runs():
    make_bill(FLAT)

    assert [before(7), before(7), before(7)] == [1, 0, 0]
    assert told() == [7]


def test_each_person_hears_on_their_own_days():
    statement = make_bill(FLAT)
    early, late = holder_of(statement, 14, 3), holder_of(statement, 3, 2)

    for days in range(15, -1, -1):
        before(days)

    assert told() == [14, 3, 2]
    assert (boxes(14), boxes(3), boxes(2)) == (
        {early.email},
        {early.email, late.email},
        {late.email},
    )


def test_without_a_login_the_customers_own_address_is_told():
    statement = make_bill(FLAT)
    statement.account.customer.email = "ada@example.com"
    statement.account.customer.save()

    before(7)

    assert boxes(7) == {"ada@example.com"}


def test_who_switched_the_mails_off_finds_it_in_the_inbox_only():
    user = holder_of(make_bill(FLAT))
    switch_email(user, "bill_due", is_on=False)

    assert before(7) == 1
    assert told() == [7] and boxes(7) == set()


@pytest.mark.parametrize(("days", "expected"), [(6, [7]), (5, [7]), (4, []), (0, []), (-1, [])])
def test_a_day_on_which_nothing_ran_is_made_up_for_and_no_more(days, expected):
    statement = make_bill(FLAT)

    before(days)

    assert told() == expected
    if expected:
        assert Notice.objects.get(kind="statement.due_soon").subject == (
            f"Bill {statement.number} is due in {days} days"
        )


def test_a_bill_that_came_later_than_that_day_is_not_reminded_of():
    statement = make_bill(FLAT)
    holder_of(statement, 14)
    Statement.objects.filter(pk=statement.pk)  # issued 21 days before it is due
    assert statement.issue_date == DUE - timedelta(days=21)

    statement.due_date = statement.issue_date + timedelta(days=14)
    from payments.operations.coming_due import _day
    from payments.queries.lateness import Lateness

    late = Lateness(statement, None, 100, 0, False)
    assert _day(late, {14}, statement.issue_date) is None
    assert _day(late, {13}, statement.issue_date + timedelta(days=1)) == 13


def test_who_paid_is_left_in_peace():
    statement = make_bill(FLAT)
    operations.record_counter_payment(
        statement.account, amount_minor=5812, reference="R-1", received_on=DUE, actor=None
    )

    assert before(7) == 0


@pytest.mark.parametrize("number", [1, 4])
def test_the_number_of_queries_does_not_grow(number, django_assert_max_num_queries):
    services = [make_home(FLAT) for _ in range(number)]
    for service in services:
        read_steadily(service.channel, OCTOBER)
    bill(services[0])

    with django_assert_max_num_queries(19):
        assert before(7) == number


def test_the_timetable_reminds_by_the_day_of_the_utility(monkeypatch):
    make_bill(FLAT)
    on = IN_DECEMBER.replace(month=11, day=19)
    monkeypatch.setattr("core.clock.now", lambda: on)

    tasks.remind_of_due()

    assert told() == [7]
    assert "payments.tasks.remind_of_due" in [entry.function for entry in timetable.ENTRIES]

"""The billing calendar: the days to come by the rule, the days that were as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.periods import next_month
from statements.operations.cancel import cancel
from statements.schedule import Round, coming_rounds, usual_lag
from tests.accounts.factories import make_account
from tests.statements.factories import (
    FLAT,
    IN_NOVEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of, words

URL = "statements:calendar"


def test_a_round_worked_by_hand():
    """February is read on its 28th; bills come on the 5th; 21 days later they are due"""
    [one] = coming_rounds(date(2027, 2, 14), count=1, lag=4, term_days=21)

    assert one == Round(date(2027, 2, 1), date(2027, 2, 28), date(2027, 3, 5), date(2027, 3, 26))


def test_twelve_months_go_over_the_year():
    months = [one.month for one in coming_rounds(date(2026, 11, 1), count=12, lag=0, term_days=1)]

    assert months[0] == date(2026, 11, 1) and months[-1] == date(2027, 10, 1)
    assert len(set(months)) == 12


def test_after_the_end_of_service_comes_the_final_bill_and_no_more():
    found = coming_rounds(
        date(2026, 11, 1), count=12, lag=1, term_days=21, ends_on=date(2026, 12, 15)
    )

    assert [one.is_final for one in found] == [False, True]
    assert found[-1].reading_on == date(2026, 12, 15)


def test_the_usual_day_is_the_middle_one():
    runs = [
        (date(2026, 10, 1), date(2026, 11, 5)),
        (date(2026, 9, 1), date(2026, 10, 2)),
        (date(2026, 8, 1), date(2026, 9, 2)),
    ]

    assert usual_lag(runs) == 1
    assert usual_lag([]) == 1
    assert usual_lag([(date(2026, 10, 1), date(2026, 10, 31))]) == 0  # never before the reading


@settings(suppress_health_check=[HealthCheck.too_slow])  # machines are shared
@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 40),
    st.integers(0, 90),
    st.integers(1, 24),
)
def test_days_of_a_round_are_always_in_order(first, lag, term, count):
    found = coming_rounds(first, count=count, lag=lag, term_days=term)

    assert len(found) == count
    for one in found:
        after = next_month(one.month.year, one.month.month)
        assert one.reading_on == after - timedelta(days=1) < one.bill_on <= one.due_on
    assert [one.month for one in found] == sorted({one.month for one in found})


# --- the page


@pytest.fixture
def at(monkeypatch, db):
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 10, 15, tzinfo=UTC))
    make_world()


def said(client, account):
    return words(client.get(reverse(URL, args=[account.number])).content.decode())


def test_the_page_tells_what_comes_and_what_was(client, at):
    statement = make_bill(FLAT)  # of October, on November 5
    client.force_login(holder_of(statement))

    text = said(client, statement.account)

    assert "Next meter reading November 30, 2026 Next bill December 5, 2026" in text
    assert "To be paid by December 26, 2026" in text
    assert "bills usually come on day 5 of the next month, and you have 21 days to pay." in text
    assert (
        "October 2026 October 31, 2026 November 5, 2026 November 26, 2026 "
        f"{statement.number}" in text
    )
    assert text.count("2027 ") >= 11 * 3


def test_a_bill_that_is_late_says_so(client, at, monkeypatch):
    statement = make_bill(FLAT)
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 12, 9, tzinfo=UTC))
    client.force_login(holder_of(statement))

    assert "This bill is later than usual." in said(client, statement.account)


def test_a_cancelled_bill_is_billed_anew_and_stays_in_the_past(client, at):
    statement = make_bill(FLAT)
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_NOVEMBER)
    client.force_login(holder_of(statement))

    text = said(client, statement.account)

    assert "Next meter reading October 31, 2026" in text
    assert f"{statement.number} ■ Cancelled" in text


def test_an_account_without_service_and_one_whose_service_ended(client, at):
    account = make_account()
    client.force_login(holder_of(account))
    none = said(client, account)
    service = make_home(FLAT, ends_at=OCTOBER.ends_at)
    read_steadily(service.channel, OCTOBER)
    statement = bill(service)
    client.force_login(holder_of(statement))
    ended = said(client, statement.account)

    assert "This account has no service yet." in none
    assert "Your service ended on October 31, 2026 and is fully billed." in ended


def test_the_file_is_a_calendar(client, at):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))
    url = reverse("statements:calendar_file", args=[statement.account.number])

    answer = client.get(url)
    lines = answer.content.decode().split("\r\n")

    assert answer["Content-Type"].startswith("text/calendar")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 36
    assert "DTSTART;VALUE=DATE:20261205" in lines and "DTEND;VALUE=DATE:20261206" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == 36


@pytest.mark.parametrize("name", ["calendar", "calendar_file"])
def test_foreign_calendars_do_not_exist(client, at, name):
    statement = make_bill(FLAT)
    url = reverse(f"statements:{name}", args=[statement.account.number])

    assert client.get(url).status_code == 302
    client.force_login(holder_of(make_account()))
    assert client.get(url).status_code == 404


def test_the_calendar_takes_few_queries(client, at, django_assert_max_num_queries):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))
    url = reverse(URL, args=[statement.account.number])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url)

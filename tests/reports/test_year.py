"""The summary of a year: what was paid, used, priced and billed, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from core import clock
from core.periods import local_month
from payments.operations import chargebacks, record_counter_payment, reverse_counter_payment
from reports.year.paid import paid_in
from reports.year.summary import NoSuchYear, year_summary
from statements.models import StatementLine
from support.presentation.revealed import REVEALED
from tests.accounts.factories import make_account
from tests.payments.paying import NOW as PAID_AT
from tests.payments.provider import provider
from tests.payments.returning import paid
from tests.statements.factories import (
    FLAT,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    ZONE,
    bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
    read_values,
)
from tests.statements.test_pages import holder_of, words
from tests.support.helping import open_session

__all__ = ["provider"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 5, 15, tzinfo=UTC)
FIFTEENTH = slice(14 * 24 + 1, 15 * 24 + 1)  # of November 2026, whose first day has 25 hours


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make_world()


def billed(definition=FLAT, opened_on=date(2026, 10, 1), months=(10, 11)):
    """Return a home of which these months of 2026 are billed at 0.5 kWh an hour."""
    account = make_account(opened_on=opened_on)
    service = make_home(definition, account=account)
    for number in months:
        read_steadily(service.channel, local_month(2026, number, ZONE))
        as_of = datetime(2026, number + 1, 4, 12, tzinfo=UTC)
        bill(service, f"2026-{number:02d}", as_of=as_of)
    return service


def summary(service, year=2026, now=NOW):
    return year_summary(service.agreement.account, year, now=now, zone=ZONE)


def cash(account, amount_minor, on, reference):
    return record_counter_payment(
        account, amount_minor=amount_minor, reference=reference, received_on=on, actor=None
    )


def test_the_bills_of_the_year_add_up_by_charge():
    """
    October   372.0 kWh 45.92 + 9.30 = 55.22 + tax 2.90 = 58.12
    November  360.5 kWh 44.50 + 9.30 = 53.80 + tax 2.82 = 56.62
    """
    found = summary(billed())

    told = [(one.name, one.units, one.amount_minor, one.share) for one in found.costs]
    assert told == [
        ("Energy", 732_500, 9042, "79%"),
        ("Standing charge", 0, 1860, "16%"),
        ("Sales tax", 0, 572, "5%"),
    ]
    assert found.bills.total_minor == sum(one.amount_minor for one in found.costs) == 11474
    assert [row.first_day.month for row in found.rows] == [11, 10]
    assert found.has_enough


def test_the_extremes_and_the_average_are_of_whole_days():
    """
    October 744 h x 0.5 = 372 kWh; November 721 h x 0.5 + 24 h x 0.3 = 367.7 kWh
    739.7 kWh in 61 days = 12.126 kWh a day
    """
    service = make_home(FLAT, account=make_account(opened_on=date(2026, 10, 1)))
    read_steadily(service.channel, OCTOBER)
    values = np.full(721, 500)
    values[FIFTEENTH] += 300
    read_values(service.channel, NOVEMBER, values)

    [use] = summary(service).uses

    assert (use.total, use.days, use.average) == (739_700, 61, 12_126)
    assert (use.highest_month.on, use.highest_month.units) == (date(2026, 10, 1), 372_000)
    assert (use.lowest_month.on, use.lowest_month.units) == (date(2026, 11, 1), 367_700)
    assert (use.highest_day.on, use.highest_day.units) == (date(2026, 11, 15), 19_200)
    assert (use.lowest_day.on, use.lowest_day.units) == (date(2026, 10, 1), 12_000)


def test_a_month_without_readings_is_marked_and_never_the_lowest():
    service = make_home(FLAT, account=make_account(opened_on=date(2026, 9, 1)))
    read_steadily(service.channel, OCTOBER)
    read_steadily(service.channel, NOVEMBER)

    [use] = summary(service).uses

    assert use.missing == [date(2026, 9, 1), date(2026, 12, 1)]
    assert use.lowest_month.on == date(2026, 11, 1)
    notes = {row.about: row.note for row in use.chart.rows}
    assert notes["September 2026"] == "Readings are missing, Provisional: not billed yet"
    assert [month.units for month in use.months] == [0, 372_000, 360_500, 0]


def test_the_year_before_is_compared_on_the_days_and_months_that_both_have():
    """
    October 2025: 744 kWh 91.85 + 9.30 = 101.15 + tax 5.31 = 106.46; 2026: 58.12, 45% less
    """
    service = make_home(FLAT, account=make_account(opened_on=date(2025, 10, 1)))
    read_steadily(service.channel, local_month(2025, 10, ZONE), 1000)
    bill(service, "2025-10", as_of=datetime(2025, 11, 4, 12, tzinfo=UTC))
    read_steadily(service.channel, OCTOBER)
    read_steadily(service.channel, NOVEMBER)
    bill(service)

    found = summary(service)

    assert found.bills.before_minor == 10646
    assert found.compared == "45% less than"
    [use] = found.uses
    assert use.compared == "50% less than a year before, on the 31 days that both years have."
    assert {m.first.month: m.before for m in use.months if m.before} == {10: 744_000}


def test_prices_hold_from_day_to_day_and_change_with_the_season():
    """The summer of the tariff ends on 14 October."""
    [prices] = summary(billed(TIME)).prices

    told = [(one.name, one.first, one.last, one.rate) for one in prices.prices]
    summer, winter = date(2026, 10, 14), date(2026, 10, 15)
    assert sorted(told) == [
        ("Energy, off-peak", date(2026, 10, 1), summer, "$0.11 per kWh"),
        ("Energy, off-peak", winter, date(2026, 11, 30), "$0.09 per kWh"),
        ("Energy, peak", date(2026, 10, 1), summer, "$0.31 per kWh"),
        ("Energy, peak", winter, date(2026, 11, 30), "$0.28 per kWh"),
    ]
    assert prices.chart.finding == "The price of a kWh changed."
    assert [row.about for row in prices.chart.rows] == [
        "October 1, 2026",
        "October 15, 2026",
        "November 1, 2026",
    ]
    assert sorted(prices.chart.rows[1].cells) == ["0.09 USD per kWh", "0.28 USD per kWh"]


def test_a_price_that_stays_says_so_and_slabs_are_told_apart():
    flat, slabs = summary(billed()).prices[0], summary(billed(SLABS)).prices[0]

    assert flat.chart.finding == "The price of a kWh stayed the same."
    assert [(one.first, one.last) for one in flat.prices] == [
        (date(2026, 10, 1), date(2026, 11, 30))
    ]
    assert [one.name for one in slabs.prices] == [
        "Energy, first 100 kWh",
        "Energy, over 100 up to 500 kWh",
    ]


def test_payments_add_up_month_by_month_and_reversed_ones_never_came():
    service = billed()
    account = service.agreement.account
    cash(account, 1000, date(2026, 11, 10), "R-1")
    cash(account, 500, date(2026, 11, 28), "R-2")
    cash(account, 2000, date(2026, 12, 1), "R-3")
    wrong = cash(account, 9999, date(2026, 12, 2), "R-4")
    reverse_counter_payment(wrong, reason="Typo", reversed_on=date(2026, 12, 2), actor=None)
    cash(account, 100, date(2025, 12, 31), "R-5")

    found = paid_in(account, 2026)

    told = [(one.month, one.count, one.amount_minor, one.so_far_minor) for one in found.months]
    assert told == [
        (date(2026, 11, 1), 2, 1500, 1500),
        (date(2026, 12, 1), 1, 2000, 3500),
    ]
    assert (found.count, found.total_minor, found.kept_minor) == (3, 3500, 3500)


def test_what_the_bank_took_back_is_told_beside_what_was_paid(provider):
    service = billed(months=(10,))
    statement = service.agreement.account.statements.get()
    payment = paid(statement, provider)
    view = provider.open_dispute(payment.intent_id, amount=2000)
    chargebacks.apply_dispute(view, now=PAID_AT, cause="test")
    chargebacks.apply_dispute(provider.close_dispute(view.id, "lost"), now=PAID_AT, cause="test")

    found = paid_in(service.agreement.account, 2026)

    assert (found.total_minor, found.back_minor, found.kept_minor) == (5812, 2000, 3812)


@pytest.mark.parametrize("year", [2025, 2027])
def test_years_before_the_account_and_after_today_do_not_exist(client, year):
    service = billed(months=(10,))
    client.force_login(holder_of(service.agreement.account))

    with pytest.raises(NoSuchYear):
        summary(service, year)
    answer = client.get(reverse("reports:year", args=[service.agreement.account.number, year]))
    assert answer.status_code == 404


def test_an_account_that_was_opened_on_a_leap_day_has_its_first_year():
    service = billed(opened_on=date(2024, 2, 29))

    found = summary(service, year=2024)

    assert (found.uses, found.rows) == ([], [])  # its service begins a year later


def test_the_page_says_as_of_when_and_shows_every_part(client):
    service = billed()
    cash(service.agreement.account, 1000, date(2026, 11, 10), "R-1")
    client.force_login(holder_of(service.agreement.account))

    page = client.get(reverse("reports:year", args=[service.agreement.account.number, 2026]))
    said = words(page.content.decode())

    assert "Made from live data as of December 5, 2026, 10:00 AM EST" in said
    assert "$114.74 billed, on 2 bills" in said
    assert "$10.00 paid, by 1 payment" in said
    assert "Together $114.74" in said
    assert "Lowest day October 1, 2026 : 12 kWh" in said
    assert "November 2026 $10.00 $10.00" in said
    assert "fewer than two bills" not in said


def test_with_one_bill_the_page_explains(client):
    service = billed(months=(10,))
    client.force_login(holder_of(service.agreement.account))

    page = client.get(reverse("reports:year", args=[service.agreement.account.number, 2026]))

    assert "There are fewer than two bills of this year" in words(page.content.decode())


def test_an_empty_year_is_a_page_without_bare_tables(client):
    account = make_account(opened_on=date(2026, 12, 5))
    client.force_login(holder_of(account))

    page = client.get(reverse("reports:year", args=[account.number, 2026]))
    said = words(page.content.decode())

    assert page.status_code == 200 and "<table" not in page.content.decode()
    assert "Nothing was paid in this year." in said and "No bill of this year yet." in said


@pytest.mark.parametrize("bills", [1, 3])
def test_the_page_takes_a_constant_number_of_queries(client, bills):
    months = {1: (11,), 3: (9, 10, 11)}[bills]
    service = billed(opened_on=date(2026, 9, 1), months=months)
    for n in range(bills):
        cash(service.agreement.account, 100, date(2026, 11, 10 + n), f"R-{n}")
    client.force_login(holder_of(service.agreement.account))
    url = reverse("reports:year", args=[service.agreement.account.number, 2026])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        client.get(url)

    assert len(asked) <= 21
    assert StatementLine.objects.count() == 3 * bills


# --- the same in the help room


@pytest.fixture
def helped(client, monkeypatch):
    """A customer whom somebody helps, who is signed in."""
    service = billed()
    employee = make_staff("support")
    client.force_login(employee)
    grant = open_session(employee, service.agreement.account.customer, at=clock.real_now())
    return service, grant


def help_url(account, year=2026):
    return reverse("reports:help_year", args=[account.number, year])


def test_who_helps_sees_the_same_without_single_days(client, helped):
    service, grant = helped
    account = service.agreement.account

    said = words(client.get(help_url(account)).content.decode())

    assert "Together $114.74" in said and "Highest month" in said
    assert "Lowest day" not in said and "Single days are hidden" in said
    seen = AuditEvent.objects.get(action="help.year")
    assert (seen.grant, seen.account, seen.kind) == (grant, account, AuditEvent.Kind.READ)


def test_single_days_are_shown_once_they_were_asked_for(client, helped):
    service, _grant = helped
    client.get(reverse("support:customer"))
    form = {"help_session": str(_grant.uid)}
    client.post(reverse("support:show", args=["load_curve"]), form)

    said = words(client.get(help_url(service.agreement.account)).content.decode())

    assert AuditEvent.objects.filter(action=REVEALED).exists()
    assert "Lowest day October 1, 2026" in said and "Single days are hidden" not in said


def test_in_the_help_room_others_do_not_exist(client, helped):
    other = make_account("Somebody Else", opened_on=date(2026, 1, 1))

    assert client.get(help_url(other)).status_code == 404


def test_without_a_session_the_way_leads_to_the_search(client):
    service = billed(months=(10,))
    client.force_login(make_staff("support"))

    answer = client.get(help_url(service.agreement.account))

    assert answer.status_code == 303 and answer["Location"].startswith("/help/")

"""The use of the running month and the range of its bill, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccountRole
from core.periods import Period, local_days
from meters.models import CustomerAgreement, RegisterRead
from meters.readings import Quality, Slots, store_slots
from reports.change import change, same_day_before
from reports.daily import daily_use
from reports.start.projection import projected
from reports.start.use import running_use
from statements.models import PlanAssignment
from tests.accounts.factories import make_account
from tests.statements.factories import (
    FLAT,
    NOVEMBER,
    OCTOBER,
    WATER,
    ZONE,
    make_home,
    make_plan_version,
    make_service,
    make_world,
    read_values,
)
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
START = NOVEMBER.starts_at
EIGHT_DAYS = START + timedelta(days=8)
Role = AccountRole.Role


@pytest.fixture(autouse=True)
def world():
    make_world()


def read(service, starts_at, *day_loads):
    """Read blocks of 24 hours, each with the same base units in every hour."""
    values = np.repeat(np.array(day_loads, np.int64), 24)
    read_values(
        service.channel, Period(starts_at, starts_at + timedelta(hours=len(values))), values
    )


def test_the_same_every_hour_has_one_answer_widened_to_whole_dollars():
    """
    721 hours x 0.5 kWh = 360.5 kWh x 0.12345 = 44.50; standing 9.30; tax 5.25% 2.82; 56.62
    """
    service = make_home(FLAT)
    read(service, START, *[500] * 8)

    found = projected(service.agreement.account, now=EIGHT_DAYS)

    assert (found.low_minor, found.high_minor, found.currency) == (5600, 5700, "USD")
    assert (found.days, found.period) == (8, NOVEMBER)


def test_the_rest_of_the_month_is_once_as_quiet_and_once_as_busy_as_its_days():
    """
    measured  4 x 24 h x 0.1 + 4 x 24 h x 0.3 = 38.4 kWh; 529 hours are left
    quiet     38.4 +  52.9 =  91.3 kWh = 11.27 + 9.30 = 20.57 + tax 1.08 = 21.65
    busy      38.4 + 158.7 = 197.1 kWh = 24.33 + 9.30 = 33.63 + tax 1.77 = 35.40
    """
    service = make_home(FLAT)
    read(service, START, *[100, 300] * 4)

    found = projected(service.agreement.account, now=EIGHT_DAYS)

    assert (found.low_minor, found.high_minor) == (2100, 3600)


def test_the_days_of_the_month_before_count_as_usual_days():
    service = make_home(FLAT)
    read(service, START - timedelta(days=10), *[500] * 10)

    found = projected(service.agreement.account, now=START)

    assert (found.low_minor, found.high_minor, found.days) == (5600, 5700, 10)


def test_what_was_measured_before_a_new_agreement_of_the_month_counts_as_measured():
    """
    4 days x 24 h x 2 kWh + 16 x 24 x 0.1 = 230.4 kWh; the other days are like either of them
    """
    alone, followed = make_home(FLAT), make_home(FLAT)
    for service in (alone, followed):
        read(service, START, *[2000] * 4, *[100] * 16)
    fifth = START + timedelta(days=4)
    old = followed.agreement
    CustomerAgreement.objects.filter(pk=old.pk).update(ends_at=fifth)
    new = CustomerAgreement.objects.create(
        account=old.account, usage_point=old.usage_point, starts_at=fifth
    )
    plan_version = make_plan_version(followed.version)
    PlanAssignment.objects.create(agreement=new, plan_version=plan_version, starts_at=fifth)
    now = START + timedelta(days=20)

    one, other = (projected(each.agreement.account, now=now) for each in (alone, followed))

    assert (one.low_minor, one.days) == (other.low_minor, other.days)


@pytest.mark.parametrize("days", [0, 1, 6])
def test_with_fewer_than_seven_days_nothing_is_projected(days):
    service = make_home(FLAT)
    if days:
        read(service, START, *[500] * days)

    assert projected(service.agreement.account, now=START + timedelta(days=days)) is None


def test_a_day_that_is_not_whole_is_no_usual_day():
    service = make_home(FLAT)
    read(service, START, *[500] * 7)

    seventh = projected(service.agreement.account, now=START + timedelta(days=7))
    assert (seventh.low_minor, seventh.high_minor, seventh.days) == (5600, 5700, 7)
    assert projected(service.agreement.account, now=START + timedelta(days=6, hours=23)) is None


def test_what_the_one_before_used_says_nothing_of_the_new_customer():
    service = make_home(FLAT, starts_at=START)
    read(service, OCTOBER.starts_at, *[9000] * 31)
    read(service, START, *[500] * 6)

    assert projected(service.agreement.account, now=START + timedelta(days=6)) is None


def test_without_a_plan_or_with_registers_only_nothing_is_projected():
    bare = make_account()
    register = make_home(FLAT)
    register.channel.is_register_only = True
    register.channel.save()

    assert projected(bare, now=EIGHT_DAYS) is None
    assert projected(register.agreement.account, now=EIGHT_DAYS) is None


def test_the_running_month_stands_against_the_same_days_of_the_year_before():
    """Nine days of either November, 217 hours because one of them has 25."""
    service = make_home(FLAT)
    ninth = date(2026, 11, 9)
    for year, each in ((2025, 1000), (2026, 500)):
        days = local_days(date(year, 11, 1), ninth.replace(year=year), ZONE)
        read_values(service.channel, days, np.full(days.seconds // 3600, each))

    now = datetime(2026, 11, 10, 15, tzinfo=UTC)
    [use] = running_use(service.agreement.account, now=now, zone=ZONE)

    assert use.chart.finding == (
        "You used 108.5 kWh this month up to November 9, 2026: 50% less than a year before."
    )
    assert use.up_to == ninth and not use.missing
    assert [row.cells for row in use.chart.rows][:2] == [
        ("12.5 kWh", "24 kWh"),
        ("12 kWh", "25 kWh"),
    ]


def test_a_day_with_a_gap_is_left_out_and_marked():
    service = make_home(FLAT)
    whole = local_days(date(2026, 11, 1), date(2026, 11, 9), ZONE)
    values = np.full(whole.seconds // 3600, 500)
    store_slots(
        [Slots(service.channel.pk, whole.starts_at, 3600, values[:30])],
        source="test",
        recorded_at=whole.ends_at,
    )  # the first day and five hours of the second
    third = local_days(date(2026, 11, 3), date(2026, 11, 9), ZONE)
    store_slots(
        [Slots(service.channel.pk, third.starts_at, 3600, values[: 7 * 24], Quality.ESTIMATED)],
        source="test",
        recorded_at=whole.ends_at,
    )

    now = datetime(2026, 11, 10, 15, tzinfo=UTC)
    [use] = running_use(service.agreement.account, now=now, zone=ZONE)

    assert use.missing == 1 and use.is_estimated
    assert use.chart.finding.startswith("You used 96.5 kWh this month")  # 12.5 and 7 x 12
    assert use.chart.rows[1].note == "Readings are missing"


def test_each_commodity_has_its_own_days():
    home = make_home(FLAT)
    account = home.agreement.account
    water = make_service(account, WATER, location=home.agreement.usage_point.location)
    days = local_days(date(2026, 11, 1), date(2026, 11, 2), ZONE)
    read_values(water.channel, days, np.full(49, 10))

    found = {used.commodity: used for used in daily_use(account.pk, days)}

    assert [day.units for day in found["water"].days.values()] == [250, 240]
    assert found["electricity"].last_whole is None


def test_the_page_shows_use_and_range_and_says_that_it_is_an_estimate(client, monkeypatch):
    service = make_home(FLAT)
    read(service, START, *[100, 300] * 4)
    monkeypatch.setattr("core.clock.now", lambda: EIGHT_DAYS)
    client.force_login(holder_of(service.agreement.account))

    page = client.get(reverse("reports:home_usage", args=[service.agreement.account.number]))
    said = words(page.content.decode())

    assert "Estimate $21.00 to $36.00" in said
    assert "reckoned from your last 8 days" in said
    assert "Provisional: not billed yet." in said


@pytest.mark.parametrize("services", [1, 3])
def test_the_part_takes_a_constant_number_of_queries(client, monkeypatch, services):
    account = make_home(FLAT).agreement.account
    for _ in range(services - 1):
        make_service(account, FLAT)
    monkeypatch.setattr("core.clock.now", lambda: EIGHT_DAYS)
    client.force_login(holder_of(account))
    url = reverse("reports:home_usage", args=[account.number])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        client.get(url, headers={"HX-Request": "true"})

    assert len(asked) <= 20
    assert not RegisterRead.objects.exists()


@pytest.mark.parametrize(
    ("now", "before", "words_"),
    [
        (50, 100, "50% less than"),
        (109, 100, "9% more than"),
        (1001, 1000, "about as much as"),
        (0, 0, "as much as"),
        (5, 0, "more than"),
        (9951, 10000, "about as much as"),
        (995, 1000, "1% less than"),
    ],
)
def test_a_change_is_told_in_whole_percent(now, before, words_):
    assert change(now, before) == words_


def test_a_leap_day_has_no_day_before():
    assert same_day_before(date(2028, 2, 29)) is None
    assert same_day_before(date(2028, 3, 1)) == date(2027, 3, 1)

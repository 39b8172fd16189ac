"""Whether services are on, by which meters they are counted, and what to do when they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meters.models import MeterConnection, RegisterRead, UsagePoint
from reports.service import service_points
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import (
    FLAT,
    OCTOBER,
    WATER,
    make_bill,
    make_home,
    make_service,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
State = UsagePoint.ConnectionState


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make_world(emergency_phone="+1 302 555 0199")


def turn(point, state, at):
    point.connection_state = state
    point._history_date = at
    point.save()


def page(client, account):
    client.force_login(holder_of(account))
    return words(client.get(reverse("reports:service", args=[account.number])).content.decode())


def test_a_service_is_told_with_its_meter_its_plan_and_its_last_reading(client):
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    meter, point = service.channel.meter, service.agreement.usage_point
    seen = datetime(2026, 11, 10, 14, 30, tzinfo=UTC)
    MeterConnection.objects.create(meter=meter, source="modbus", host="m", last_seen_at=seen)

    said = page(client, service.agreement.account)

    assert "● On You are supplied." in said
    assert f"Supply number {point.code}" in said and f"Meter {meter.serial}" in said
    assert "Plan Home flat" in said
    assert "Last contact with the meter November 10, 2026, 9:30 AM EST" in said
    assert "Last reading 1,622 kWh Actual, November 1, 2026, 12:00 AM EDT" in said
    assert "Since" not in said  # it has never been otherwise
    assert "If the supply fails" in said and "+1 302 555 0199" in said


def test_a_service_that_is_off_says_since_when_and_whom_to_call(client):
    service = make_home(FLAT)
    point = service.agreement.usage_point
    UsagePoint.history.update(history_date=datetime(2026, 1, 1, tzinfo=UTC))
    turn(point, State.DISCONNECTED, datetime(2026, 11, 3, 15, tzinfo=UTC))
    point._history_date = datetime(2026, 11, 4, 15, tzinfo=UTC)
    point.fuse_amps = 63
    point.save()  # something else changed meanwhile

    said = page(client, service.agreement.account)

    assert "▲ Off The supply is switched off. Since November 3, 2026, 10:00 AM EST" in said
    assert "What you can do" in said
    assert "Call us and say your supply number: +1 302 555 0100" in said
    assert "is overdue on this account" not in said


def test_a_debt_is_named_where_the_supply_is_off(client, monkeypatch):
    statement = make_bill(FLAT)
    UsagePoint.objects.update(connection_state=State.DISCONNECTED)
    monkeypatch.setattr("core.clock.now", lambda: NOW + timedelta(days=60))

    said = page(client, statement.account)

    assert "$58.12 is overdue on this account." in said


def test_what_is_not_known_is_not_said_to_be_on(client):
    service = make_home(FLAT)
    UsagePoint.objects.update(connection_state=State.UNKNOWN)

    said = page(client, service.agreement.account)

    assert "Unknown We do not know whether the supply is on." in said


def test_only_what_is_delivered_now_stands_here(client):
    account = make_account()
    make_service(account, FLAT, ends_at=NOW - timedelta(days=1))
    make_service(account, WATER)

    [point] = service_points(account, now=NOW)

    assert point.point.commodity == "water"
    assert page(client, make_account()).startswith('id="main" tabindex="-1"> My service')


def test_without_any_service_the_page_says_how_to_start_one(client):
    assert "No service is active on this account." in page(client, make_account())


def test_the_newest_of_the_readings_counts():
    service = make_home(FLAT)
    for day, value in ((1, 100_000), (9, 300_000), (5, 200_000)):
        RegisterRead.objects.create(
            channel=service.channel,
            read_at=datetime(2026, 11, day, 5, tzinfo=UTC),
            value_base=value,
            reason="hand",
        )

    [point] = service_points(service.agreement.account, now=NOW)

    assert [read.value for meter in point.meters for read in meter.readings] == [300_000]


@pytest.mark.parametrize("services", [1, 3])
def test_the_page_takes_a_constant_number_of_queries(client, services):
    account = make_account()
    for _ in range(services):
        read_steadily(make_service(account, FLAT).channel, OCTOBER)
    client.force_login(holder_of(account))
    url = reverse("reports:service", args=[account.number])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        html = client.get(url).content.decode()

    assert html.count('<section class="card"') == services
    assert len(asked) <= 12


def test_a_stranger_and_somebody_else_do_not_get_in(client):
    account = make_home(FLAT).agreement.account
    url = reverse("reports:service", args=[account.number])

    assert client.get(url).status_code == 302
    client.force_login(make_user())
    assert client.get(url).status_code == 404

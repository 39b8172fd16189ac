"""The list of all meters, and the page of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from core.periods import local_day
from meters.models import (
    Channel,
    CustomerAgreement,
    MeterConnection,
    ReadingException,
    UsagePoint,
)
from meters.readings import Quality, Slots, store_slots
from tests.meters.factories import MeterFactory
from tests.statements.factories import ZONE, make_home, make_staff, make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
YESTERDAY = local_day(datetime(2026, 11, 9).date(), ZONE)
LIST = "reports:manage_meters"


@pytest.fixture(autouse=True)
def at(monkeypatch, client):
    make_world()
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    client.force_login(make_staff("meter_employee"))


def shown(client, **asked):
    return client.get(reverse(LIST), asked).content.decode()


def point_of(home):
    return home.agreement.usage_point


def read_yesterday(home, hours=24, quality=Quality.ACTUAL):
    values = np.full(hours, 500, np.int64)
    store_slots(
        [Slots(home.channel.pk, YESTERDAY.starts_at, 3600, values, quality)],
        source="test",
        recorded_at=NOW,
    )


def hold(home, **fields):
    return ReadingException.objects.create(
        **{
            "key": f"x{home.channel.pk}",
            "rule": "conflict",
            "severity": "held",
            "channel": home.channel,
            "starts_at": YESTERDAY.starts_at,
            "ends_at": YESTERDAY.ends_at,
            "message": "Other.",
            "recorded_at": NOW,
            **fields,
        }
    )


def test_a_row_says_where_a_meter_hangs_and_how_it_is():
    from reports.manage_meters.rows import rows

    home = make_home()
    read_yesterday(home, hours=23)
    hold(home)
    MeterConnection.objects.create(
        meter=home.channel.meter, source="modbus", state="alive", last_seen_at=NOW
    )

    [row] = rows([home.channel.meter], now=NOW, zone=ZONE)

    point = point_of(home)
    assert row.serial.text == home.channel.meter.serial
    assert (row.commodity, row.point, row.place) == (
        "Electricity",
        point.code,
        str(point.location),
    )
    assert (row.connection.word, row.mode) == ("Connected", "Pay by bill")
    assert row.yesterday.word == "1 missing"
    assert (row.waiting.text, row.seen.at) == ("1", NOW)


@pytest.mark.parametrize(
    ("quality", "said"), [(Quality.ACTUAL, "Complete"), (Quality.ESTIMATED, "24 estimated")]
)
def test_yesterday_is_complete_or_a_guess(client, quality, said):
    read_yesterday(make_home(), quality=quality)

    assert said in shown(client)


def test_filters_find_what_they_say(client):
    on, off, prepaid, water = make_home(), make_home(), make_home(), make_home()
    UsagePoint.objects.filter(pk=point_of(off).pk).update(connection_state="disconnected")
    CustomerAgreement.objects.filter(pk=prepaid.agreement.pk).update(payment_mode="prepaid")
    UsagePoint.objects.filter(pk=point_of(water).pk).update(commodity="water")
    MeterConnection.objects.create(
        meter=on.channel.meter,
        source="modbus",
        state="silent",
        last_seen_at=NOW - timedelta(days=4),
    )
    hold(off)
    hold(prepaid, key="m", meter=prepaid.channel.meter, channel=None, rule="serial")
    stock = MeterFactory(serial="ZZ9-STOCK")
    homes = {"on": on, "off": off, "prepaid": prepaid, "water": water}

    def found(**asked):
        page = shown(client, **asked)
        names = {name for name, home in homes.items() if f">{home.channel.meter.serial}<" in page}
        return names | ({"stock"} if stock.serial in page else set())

    assert found() == {*homes, "stock"}
    assert found(state="disconnected") == {"off"}
    assert found(state="connected") == {"on", "prepaid", "water"}
    assert found(mode="prepaid") == {"prepaid"}
    assert found(mode="postpaid") == {"on", "off", "water"}
    assert found(commodity="water") == {"water"}
    assert found(silent="3") == {"on"} and found(silent="7") == set()
    assert found(open="yes") == {"off", "prepaid"}
    assert found(kept="stock") >= {"stock"}
    assert found(q="zz9") == {"stock"}
    assert found(q=point_of(water).code.lower()) == {"water"}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, number, django_assert_num_queries):
    for _ in range(number):
        home = make_home()
        read_yesterday(home)
        hold(home)
    client.get(reverse(LIST))

    with django_assert_num_queries(QUERIES_OF_LIST):
        client.get(reverse(LIST))


QUERIES_OF_LIST = 13


def test_both_files_hold_what_is_asked_for(client):
    on, off = make_home(), make_home()
    UsagePoint.objects.filter(pk=point_of(off).pk).update(connection_state="disconnected")

    csv = client.get(reverse("reports:manage_meters_csv"), {"state": "connected"})
    book = client.get(reverse("reports:manage_meters_xlsx"), {"state": "connected"})

    lines = b"".join(csv.streaming_content).decode()
    assert on.channel.meter.serial in lines and off.channel.meter.serial not in lines
    assert b"".join(book.streaming_content)[:2] == b"PK"


class TestMeter:
    def page(self, client, home):
        address = reverse("reports:manage_meter", args=[home.channel.meter.serial])
        return client.get(address)

    def test_it_shows_its_place_its_registers_and_its_days(self, client):
        home = make_home()
        read_yesterday(home)
        Channel.objects.filter(pk=home.channel.pk).update(multiplier=40)
        hold(home)

        page = self.page(client, home).content.decode()

        assert point_of(home).code in page and str(point_of(home).location) in page
        assert "12 kWh in 30 days, 1 of them whole" in page
        assert ">40<" in page and "<bdi>1</bdi> reading waits for a decision." in page
        assert reverse("meters:work", args=[home.channel.meter.serial, "exchange"]) in page
        assert home.agreement.account.customer.name not in page

    def test_those_who_only_read_get_no_buttons(self, client):
        home = make_home()
        client.force_login(make_staff("auditor"))

        page = self.page(client, home)

        assert page.status_code == 200
        assert "/exchange/" not in page.content.decode()

    def test_one_in_stock_can_be_installed(self, client):
        meter = MeterFactory()

        page = client.get(reverse("reports:manage_meter", args=[meter.serial])).content.decode()

        assert "It never hung anywhere." in page and "/install/" in page

    def test_it_takes_few_queries(self, client, django_assert_max_num_queries):
        home = make_home()
        read_yesterday(home)
        self.page(client, home)

        with django_assert_max_num_queries(18):
            self.page(client, home)


@pytest.mark.parametrize("role", ["support", "cashier", "finance"])
def test_it_is_not_for_other_roles(client, role):
    home = make_home()
    client.force_login(make_staff(role))

    for name in (LIST, "reports:manage_meters_csv", "reports:manage_readings"):
        assert client.get(reverse(name)).status_code == 404
    serial = home.channel.meter.serial
    assert client.get(reverse("reports:manage_meter", args=[serial])).status_code == 404


def test_a_meter_that_is_none_is_not_found(client):
    assert client.get(reverse("reports:manage_meter", args=["none"])).status_code == 404

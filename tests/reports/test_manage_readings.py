"""Readings of a day and of a period: intervals, quality, revisions, and the bills that count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from core.periods import Period, local_day, local_days
from meters.models import MeterInstallation, RegisterRead
from meters.readings import Quality, Slots, store_slots
from reports.manage_readings.day import read_day
from reports.manage_readings.parts import parts_of_meter, parts_of_point
from reports.manage_readings.totals import by_day, by_month, together
from tests.meters.factories import ChannelFactory, InstallationFactory
from tests.statements.factories import (
    NOVEMBER,
    OCTOBER,
    ZONE,
    bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 15, tzinfo=UTC)
PAGE = "reports:manage_readings"


@pytest.fixture(autouse=True)
def at(monkeypatch, client):
    make_world()
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    client.force_login(make_staff("billing_specialist"))


def day_of(home, day):
    period = local_day(day, ZONE)
    return read_day(parts_of_meter(home.channel.meter, period, now=NOW), day, period)


def show(client, home, **asked):
    return client.get(reverse(PAGE), {"meter": home.channel.meter.serial, **asked})


def store(home, starts_at, values, quality=Quality.ACTUAL, **options):
    store_slots(
        [Slots(home.channel.pk, starts_at, home.channel.interval_s, np.array(values), quality)],
        recorded_at=NOW,
        **{"source": "test", **options},
    )


@pytest.mark.parametrize(
    ("day", "count", "hours"),
    [
        (date(2026, 3, 8), 92, 23),
        (date(2026, 3, 9), 96, 24),
        (date(2026, 11, 1), 100, 25),
    ],
)
def test_a_day_has_as_many_intervals_as_it_lasts(client, day, count, hours):
    """100 Wh in each quarter of an hour: 9.2, 9.6 and 10 kWh."""
    home = make_home(interval_s=900)
    store(home, local_day(day, ZONE).starts_at, [100] * count)

    found = day_of(home, day)
    page = show(client, home, day=day.isoformat()).content.decode()

    [register] = found.registers
    assert (found.hours, len(register.slots), register.units) == (hours, count, count * 100)
    assert not register.doubts
    assert (f"it has <bdi>{hours}</bdi> hours" in page) is (hours != 24)


def test_the_hour_that_comes_twice_bears_both_zones():
    home = make_home()
    store(home, local_day(date(2026, 11, 1), ZONE).starts_at, range(25))

    [register] = day_of(home, date(2026, 11, 1)).registers

    ones = [slot for slot in register.slots if slot.time.startswith("1:00\u202fAM")]
    assert [slot.time[-3:] for slot in ones] == ["EDT", "EST"]
    assert [slot.units for slot in ones] == [1, 2]


def test_what_is_missing_estimated_or_set_is_said(client):
    home = make_home()
    start = local_day(date(2026, 10, 5), ZONE).starts_at
    store(home, start, [1, 2])
    store(home, start + timedelta(hours=2), [3], Quality.ESTIMATED)
    store(home, start + timedelta(hours=3), [4], Quality.SUBSTITUTED)

    [register] = day_of(home, date(2026, 10, 5)).registers

    assert {str(doubt.word): doubt.count for doubt in register.doubts} == {
        "Estimated": 1,
        "Missing": 20,
        "Set by hand": 1,
    }
    assert register.units == 10


def test_what_is_not_over_yet_is_not_missing(client, monkeypatch):
    home = make_home()
    store(home, local_day(date(2026, 12, 10), ZONE).starts_at, [5] * 10)  # until 10:00, now

    [register] = day_of(home, date(2026, 12, 10)).registers

    assert len(register.slots) == 10 and not register.doubts


def test_the_bill_that_counted_a_day_is_named_with_its_revision(client):
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    issued = bill(home)

    [register] = day_of(home, date(2026, 10, 5)).registers
    page = show(client, home, day="2026-10-05").content.decode()
    outside = show(client, home, day="2026-11-05").content.decode()

    [counted] = register.bills
    assert (counted.bill.number, counted.billed_revs, counted.is_changed) == (
        issued.number,
        [1],
        False,
    )
    assert {slot.bill.number for slot in register.slots} == {issued.number}
    assert f"Bill {issued.number}" in page and "with revision 1" in page
    assert issued.number not in outside


def test_a_day_that_changed_after_its_bill_says_so_and_shows_both(client):
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    bill(home)
    at = datetime(2026, 10, 5, 14, tzinfo=UTC)  # 10:00 there
    store(home, at, [800], Quality.SUBSTITUTED, reason="Read again", decided=True)

    [register] = day_of(home, date(2026, 10, 5)).registers
    page = show(client, home, day="2026-10-05").content.decode()

    [counted], [old] = register.bills, register.replaced
    assert counted.is_changed and counted.billed_revs == [1]
    [change] = old.changes
    assert (old.rev, old.reason, change.starts_at) == (1, "Read again", at)
    assert (change.before, change.after) == ("0.5 kWh", "0.8 kWh")
    assert register.units == 24 * 500 + 300
    assert "Changed since it was billed" in page
    assert "<del>0.5 kWh</del>" in page and "<ins>0.8 kWh</ins>" in page


def test_a_cancelled_bill_counts_nothing():
    from statements.models import StatementCoverage

    home = make_home()
    read_steadily(home.channel, OCTOBER)
    bill(home)
    StatementCoverage.objects.update(live=False)

    [register] = day_of(home, date(2026, 10, 5)).registers

    assert not register.bills and {slot.bill for slot in register.slots} == {None}


def test_meter_employees_see_that_it_was_billed_not_the_number(client):
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    issued = bill(home)
    client.force_login(make_staff("meter_employee"))

    day = show(client, home, day="2026-10-05").content.decode()
    month = show(client, home, since="2026-10-01", until="2026-10-31").content.decode()
    file = client.get(
        reverse("reports:manage_readings_csv"),
        {"meter": home.channel.meter.serial, "day": "2026-10-05"},
    )

    assert "Billed" in day and issued.number not in day + month
    assert issued.number not in b"".join(file.streaming_content).decode()


def test_an_exchanged_meter_gives_two_parts_of_one_day():
    """10 hours of 500 Wh by the old meter, 14 of 200 by the new one."""
    home = make_home()
    day = local_day(date(2026, 10, 5), ZONE)
    middle = day.starts_at + timedelta(hours=10)
    old = MeterInstallation.objects.get()
    old.ends_at = middle
    old.save()
    new = ChannelFactory(interval_s=3600)
    InstallationFactory(meter=new.meter, usage_point=old.usage_point, starts_at=middle)
    store(home, day.starts_at, [500] * 24)  # what the old one counted later does not count
    store_slots([Slots(new.pk, middle, 3600, np.array([200] * 14))], source="t", recorded_at=NOW)

    totals = by_day(parts_of_point(old.usage_point, day, now=NOW))

    assert [(t.serial, t.units, t.expected, t.held) for t in totals] == [
        (home.channel.meter.serial, 5000, 10, 10),
        (new.meter.serial, 2800, 14, 14),
    ]
    [both] = together(totals)
    assert (both.units, both.missing, both.unit) == (7800, 0, "kWh")


def test_days_add_up_to_months_and_to_the_bill():
    """October has 744 hours, November 721: 372 and 360.5 kWh."""
    home = make_home()
    read_steadily(home.channel, Period(OCTOBER.starts_at, NOVEMBER.ends_at))
    period = local_days(date(2026, 10, 1), date(2026, 11, 30), ZONE)

    days = by_day(parts_of_meter(home.channel.meter, period, now=NOW))

    assert len(days) == 61
    assert [(m.day, m.units) for m in by_month(days)] == [
        (date(2026, 10, 1), 372_000),
        (date(2026, 11, 1), 360_500),
    ]


def test_filters_narrow_the_days(client):
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    bill(home)
    start = local_day(date(2026, 11, 3), ZONE).starts_at
    store(home, start, [5] * 24, Quality.ESTIMATED)

    def days(**asked):
        page = show(client, home, since="2026-10-30", until="2026-11-04", **asked)
        found = page.context["period"].lines
        return [line.total.day.isoformat()[5:] for line in found]

    assert days() == ["11-04", "11-03", "11-02", "11-01", "10-31", "10-30"]
    assert days(billed="yes") == ["10-31", "10-30"]
    assert days(quality="estimated") == ["11-03"]
    assert days(quality="missing") == ["11-04", "11-02", "11-01"]
    assert len(days(by="month")) == 2


def test_register_reads_stand_beside(client):
    home = make_home()
    RegisterRead.objects.create(
        channel=home.channel,
        read_at=local_day(date(2026, 10, 5), ZONE).starts_at,
        value_base=1_234_500,
        reason="hand",
        quality="E",
    )

    page = show(client, home, day="2026-10-05").content.decode()

    assert "1,234.5 kWh" in page and "Read by hand" in page


def test_files_hold_every_interval_with_its_bill(client):
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    issued = bill(home)
    asked = {"meter": home.channel.meter.serial, "day": "2026-10-05"}

    csv = client.get(reverse("reports:manage_readings_csv"), asked)
    book = client.get(reverse("reports:manage_readings_xlsx"), asked)

    lines = b"".join(csv.streaming_content).decode().splitlines()
    assert len(lines) == 25
    assert '"0.5","kWh","Actual","test","1","Yes"' in lines[1] and issued.number in lines[1]
    assert '"2026-10-05T00:00:00-04:00"' in lines[1]
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert AuditEvent.objects.filter(action="readings.export").count() == 2


def test_a_usage_point_is_asked_for_as_well(client):
    home = make_home()
    point = home.agreement.usage_point

    page = client.get(reverse(PAGE), {"meter": point.code.lower(), "day": "2026-10-05"})

    assert home.channel.meter.serial in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"meter": "none"}, "No meter or usage point"),
        ({"since": "2026-10-05", "until": "2026-10-01"}, "lies before the first"),
        ({"since": "2020-10-05", "until": "2026-10-01"}, "At most 400 days"),
        ({"day": "tomorrow"}, "There is a problem"),
        ({"day": "0001-01-01"}, "no readings of that year"),
        ({"until": "0001-01-02"}, "no readings of that year"),
        ({"since": "9999-12-30"}, "no readings of that year"),
    ],
)
def test_what_is_wrong_is_said(client, asked, said):
    home = make_home()

    answer = show(client, home, **asked)

    assert answer.status_code == 422 and said in answer.content.decode()


def test_nothing_asked_teaches_and_asks_nothing_of_the_readings(client):
    page = client.get(reverse(PAGE))

    assert page.status_code == 200 and "Find a meter" in page.content.decode()


def test_looking_stands_in_the_audit_trail(client):
    home = make_home()
    show(client, home, day="2026-10-05")

    event = AuditEvent.objects.get(action="readings.search")
    assert home.channel.meter.serial in event.detail["terms"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_a_constant_number_of_queries(client, number, django_assert_num_queries):
    """However many revisions, reads and days there are."""
    home = make_home()
    read_steadily(home.channel, OCTOBER)
    bill(home)
    for place in range(number):
        at = datetime(2026, 10, 5, 14 + place, tzinfo=UTC)
        store(home, at, [800 + place], Quality.SUBSTITUTED, decided=True)
    show(client, home, day="2026-10-05")

    with django_assert_num_queries(QUERIES_OF_DAY):
        show(client, home, day="2026-10-05")
    with django_assert_num_queries(QUERIES_OF_PERIOD):
        show(client, home, since="2026-10-01", until=f"2026-10-{9 * number}")


QUERIES_OF_DAY = 22
QUERIES_OF_PERIOD = 18

"""Installing, removing and exchanging a meter, page by page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from core.periods import Period
from meters import readings
from meters.models import (
    Channel,
    LastCounter,
    Meter,
    MeterInstallation,
    ReadingException,
    RegisterRead,
)
from tests.accounts.factories import make_utility
from tests.meters.factories import (
    AgreementFactory,
    ChannelFactory,
    InstallationFactory,
    MeterFactory,
    UsagePointFactory,
)
from tests.statements.factories import make_staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)  # 10:00 in New York
LAST = datetime(2026, 11, 20, 13, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world(monkeypatch, client):
    make_utility()
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    client.force_login(make_staff("meter_employee"))


@pytest.fixture
def old():
    """A meter that hangs, and showed 1,250 kWh at 08:45 today."""
    channel = ChannelFactory()
    InstallationFactory(meter=channel.meter, usage_point=AgreementFactory().usage_point)
    Meter.objects.filter(pk=channel.meter_id).update(state="installed")
    LastCounter.objects.create(channel=channel, read_at=LAST, value=1_250_000)
    return channel


@pytest.fixture
def new():
    return ChannelFactory()


def url(meter, deed, step=""):
    if step == "done":
        return reverse("meters:work_done", args=[meter.serial, deed])
    return reverse(
        "meters:work_step" if step else "meters:work",
        args=[meter.serial, deed, *([step] if step else [])],
    )


def seen(client, address):
    page = client.get(address).content.decode()
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def send(client, address, **typed):
    return client.post(address, {"seen": seen(client, address), **typed})


def exchange(client, old, new, *, final="1250.4", first="0.5", time="09:00", **more):
    meter = old.meter
    send(client, url(meter, "exchange", "meter"), serial=new.meter.serial)
    send(client, url(meter, "exchange", "when"), day="2026-11-20", time=time, **more)
    send(client, url(meter, "exchange", "final"), read_import=final)
    return send(client, url(meter, "exchange", "first"), read_import=first, times_import="1")


def test_an_exchange_keeps_what_was_used_whole(client, old, new):
    at = datetime(2026, 11, 20, 14, tzinfo=UTC)

    assert exchange(client, old, new)["Location"] == url(old.meter, "exchange", "check")
    page = client.get(url(old.meter, "exchange", "check")).content.decode()
    answer = send(client, url(old.meter, "exchange", "check"))

    assert "1,250.4 kWh" in page and "0.4 kWh" in page and "9:00" in page
    assert answer["Location"] == url(old.meter, "exchange", "done")
    hung = MeterInstallation.objects.order_by("starts_at")
    assert [(one.meter, one.ends_at) for one in hung] == [(old.meter, at), (new.meter, None)]
    assert hung[1].starts_at == at
    [series] = readings.fetch([old.pk], Period(LAST, at)).values()
    assert series.values.tolist() == [400]
    reads = RegisterRead.objects.filter(read_at=at).order_by("channel")
    assert [read.value_base for read in reads] == [1_250_400, 500]
    assert LastCounter.objects.get(channel=new).value == 500
    assert list(
        AuditEvent.objects.filter(action__startswith="meter.")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["meter.removed", "meter.installed"]
    done = client.get(answer["Location"]).content.decode()
    assert "The meter is exchanged" in done and "1,250.4 kWh" in done


def test_finishing_twice_exchanges_once(client, old, new):
    exchange(client, old, new)
    check = url(old.meter, "exchange", "check")
    mark = {"seen": seen(client, check)}

    first, second = client.post(check, mark), client.post(check, mark)

    assert first["Location"] == second["Location"] == url(old.meter, "exchange", "done")
    assert MeterInstallation.objects.count() == 2


def test_the_draft_is_found_again_and_is_ones_own(client, old, new):
    send(client, url(old.meter, "exchange", "meter"), serial=new.meter.serial)

    assert client.get(url(old.meter, "exchange"))["Location"] == url(old.meter, "exchange", "when")
    client.force_login(make_staff("meter_employee"))
    assert client.get(url(old.meter, "exchange"))["Location"] == url(old.meter, "exchange", "meter")


def test_what_no_form_of_ours_holds_is_refused_and_not_kept(client, old):
    when = url(old.meter, "remove", "when")

    answer = send(client, when, day="1" * 30_000, time="")

    assert answer.status_code == 422 and "There is a problem" in answer.content.decode()
    assert seen(client, when) == ".0"  # nothing was begun


def test_a_multiplier_counts_in_what_is_stored(client, old, new):
    exchange(client, old, new)
    send(client, url(old.meter, "exchange", "first"), read_import="0.5", times_import="40")

    send(client, url(old.meter, "exchange", "check"))

    new.refresh_from_db()
    assert new.multiplier == 40
    assert LastCounter.objects.get(channel=new).value == 20_000


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2026-11-20", "time": "10:15"}, "future"),
        ({"day": "2026-11-20", "time": "09:07"}, "9:00"),
        ({"day": "2026-11-20", "time": "08:30"}, "still read at"),
        ({"day": "2019-11-20", "time": "08:30"}, "installed later"),
    ],
)
def test_a_wrong_moment_is_said(client, old, typed, said):
    answer = send(client, url(old.meter, "remove", "when"), **typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_time_that_came_twice_is_asked_for(client, old, monkeypatch):
    """The clocks of New York went back at 02:00 on November 1st."""
    LastCounter.objects.update(read_at=datetime(2026, 10, 31, tzinfo=UTC))
    when = url(old.meter, "remove", "when")

    answer = send(client, when, day="2026-11-01", time="01:30")
    page = answer.content.decode()
    later = send(client, when, day="2026-11-01", time="01:30", which="1")

    assert answer.status_code == 422
    assert "1:30\u202fAM EDT" in page and "1:30\u202fAM EST" in page
    assert later["Location"] == url(old.meter, "remove", "final")
    send(client, url(old.meter, "remove", "final"), read_import="1260")
    send(client, url(old.meter, "remove", "check"))
    assert MeterInstallation.objects.get().ends_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_time_that_never_was_is_refused(client, old):
    LastCounter.objects.update(read_at=datetime(2026, 3, 1, tzinfo=UTC))

    answer = send(client, url(old.meter, "remove", "when"), day="2026-03-08", time="02:30")

    assert answer.status_code == 422 and "never was" in answer.content.decode()


@pytest.mark.parametrize(("final", "whole"), [("1400", True), ("900", False)])
def test_a_doubtful_final_reading_needs_a_second_look(client, old, final, whole):
    """150 kWh in a quarter of an hour is more than the fuse lets through; 900 is less than before."""
    send(client, url(old.meter, "remove", "when"), day="2026-11-20", time="09:00")
    step = url(old.meter, "remove", "final")

    doubted = send(client, step, read_import=final)
    sure = send(client, step, read_import=final, sure="on")
    send(client, url(old.meter, "remove", "check"))

    assert doubted.status_code == 422 and "I looked again" in doubted.content.decode()
    assert sure["Location"] == url(old.meter, "remove", "check")
    assert ReadingException.objects.get().resolution == "accepted"
    at = datetime(2026, 11, 20, 14, tzinfo=UTC)
    [series] = readings.fetch([old.pk], Period(LAST, at)).values()
    assert (series.values.tolist() == [150_000]) is whole


def test_a_meter_in_stock_is_installed(client, new):
    point = UsagePointFactory()
    meter = new.meter

    send(client, url(meter, "install", "place"), point=point.code.lower())
    send(client, url(meter, "install", "when"), day="2026-11-20", time="09:00")
    send(client, url(meter, "install", "first"), read_import="12", times_import="1")
    send(client, url(meter, "install", "check"))

    hung = MeterInstallation.objects.get()
    assert (hung.meter, hung.usage_point) == (meter, point)
    meter.refresh_from_db()
    assert meter.state == "installed"
    assert RegisterRead.objects.get().value_base == 12_000


def test_what_cannot_hang_there_is_said(client, old, new):
    taken = MeterInstallation.objects.get().usage_point
    water = UsagePointFactory(commodity="water")
    virtual = UsagePointFactory(is_virtual=True)
    place = url(new.meter, "install", "place")

    told = [
        send(client, place, point=code).content.decode()
        for code in ("nowhere", taken.code, water.code, virtual.code)
    ]

    assert "no usage point with this code" in told[0]
    assert f"Meter {old.meter.serial} hangs there" in told[1]
    assert "does not measure" in told[2] and "without a meter" in told[3]


def test_a_new_meter_counts_all_that_the_old_one_did(client, old, new):
    ChannelFactory(meter=old.meter, quantity="export")

    answer = send(client, url(old.meter, "exchange", "meter"), serial=new.meter.serial)

    assert answer.status_code == 422 and "does not count all" in answer.content.decode()


def test_a_place_that_is_taken_meanwhile_refuses_and_keeps_the_answers(client, new):
    point = UsagePointFactory()
    meter = new.meter
    send(client, url(meter, "install", "place"), point=point.code)
    send(client, url(meter, "install", "when"), day="2026-11-20", time="09:00")
    send(client, url(meter, "install", "first"), read_import="12", times_import="1")
    check = url(meter, "install", "check")
    mark = {"seen": seen(client, check)}
    InstallationFactory(
        meter=MeterFactory(), usage_point=point, ends_at=NOW - timedelta(minutes=30)
    )

    answer = client.post(check, mark)

    assert answer["Location"] == url(meter, "install", "when")
    assert MeterInstallation.objects.filter(meter=meter).count() == 0


def test_what_hangs_nowhere_is_not_removed(client, new):
    answer = client.get(url(new.meter, "remove"), follow=True)

    assert "This meter hangs nowhere." in answer.content.decode()


@pytest.mark.parametrize("role", ["auditor", "billing_manager", "support", "cashier"])
def test_it_is_for_meter_employees_and_administrators_only(client, old, role):
    client.force_login(make_staff(role))

    for deed in ("install", "remove", "exchange"):
        assert client.get(url(old.meter, deed)).status_code == 404
        assert client.post(url(old.meter, deed, "check")).status_code == 404
    assert client.get(url(old.meter, "polish")).status_code == 404


class TestExceptions:
    @pytest.fixture
    def held(self, old):
        return ReadingException.objects.create(
            key="x",
            rule="impossible",
            severity="held",
            meter=old.meter,
            channel=old,
            starts_at=LAST,
            ends_at=LAST + timedelta(minutes=15),
            value_base=1_251_000,
            message="Too much.",
            recorded_at=NOW,
        )

    def decide(self, client, held, decision, reason="Seen on the register"):
        address = reverse("meters:decide", args=[held.meter.serial, held.pk])
        return client.post(address, {"decision": decision, "reason": reason})

    def test_it_is_accepted_with_a_reason(self, client, held, old):
        assert self.decide(client, held, "accept").status_code == 302

        [series] = readings.fetch([old.pk], Period(LAST, held.ends_at)).values()
        assert series.values.tolist() == [1000]
        event = AuditEvent.objects.get(action="reading.accepted")
        assert event.detail["reason"] == "Seen on the register"

    def test_nothing_is_decided_where_no_estimate_has_a_ground(self, client, held):
        answer = self.decide(client, held, "estimate")

        assert answer.status_code == 422
        held.refresh_from_db()
        assert held.resolution == "open"

    def test_it_is_estimated_from_its_neighbours(self, client, held, old):
        for at, value in ((LAST - timedelta(minutes=15), 100), (held.ends_at, 300)):
            readings.store_slots(
                [readings.Slots(old.pk, at, 900, __import__("numpy").array([value]))],
                source="test",
                recorded_at=NOW,
            )

        assert self.decide(client, held, "estimate").status_code == 302

        [series] = readings.fetch([old.pk], Period(LAST, held.ends_at)).values()
        assert series.values.tolist() == [200] and chr(series.status[0]) == "E"
        assert AuditEvent.objects.get(action="reading.estimated").detail["slots"] == 1

    def test_a_reason_is_asked_for_and_once_is_enough(self, client, held):
        assert self.decide(client, held, "reject", "").status_code == 422
        assert self.decide(client, held, "reject").status_code == 302

        again = client.post(
            reverse("meters:decide", args=[held.meter.serial, held.pk]),
            {"decision": "reject", "reason": "Seen on the register"},
            follow=True,
        )
        assert "decided before" in again.content.decode()

    def test_readers_see_and_do_not_decide(self, client, held):
        client.force_login(make_staff("auditor"))

        page = client.get(reverse("meters:exceptions", args=[held.meter.serial]))

        assert "More passed than the connection can carry" in page.content.decode()
        assert self.decide(client, held, "accept").status_code == 404

    def test_the_exception_of_another_meter_is_not_found(self, client, held):
        other = MeterFactory()

        assert client.get(reverse("meters:decide", args=[other.serial, held.pk])).status_code == 404


def test_a_meter_that_measured_keeps_its_multiplier(client, old, new):
    InstallationFactory(meter=new.meter, ends_at=datetime(2021, 1, 1, tzinfo=UTC))

    exchange(client, old, new)
    page = client.get(url(old.meter, "exchange", "first")).content.decode()

    assert "times_import" not in page
    assert Channel.objects.get(pk=new.pk).multiplier == 1

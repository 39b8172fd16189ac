"""Polls end to end: a simulated fleet on real Modbus TCP, the database on the other side."""

import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction

from core.periods import Period
from meters import fleet, operations, queries, readings
from meters.models import (
    LastCounter,
    Meter,
    MeterConnection,
    RawMessage,
    ReadingBlock,
    ReadingBlockRevision,
    ReadingException,
    RegisterMap,
    RegisterRead,
)
from meters.readings import MISSING, Quality
from meters.simulated import load_of
from meters.sources import simulator
from meters.sources.modbus import Limits
from meters.sources.modbus.server import serve
from tests.meters.factories import (
    AgreementFactory,
    ChannelFactory,
    InstallationFactory,
    MeterFactory,
)

pytestmark = pytest.mark.django_db

START = datetime(2026, 10, 31, 3, 30, tzinfo=UTC)  # 23:30 in New York; its midnight is at 04:00
QUARTER = timedelta(minutes=15)
QUICK = Limits(timeout=0.3, meter_deadline=1.0)
NEW_YORK = "America/New_York"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def hang(code="schneider-pm5100", *, port, unit_id=1, source="modbus", **connection):
    register_map = RegisterMap.objects.get(code=code)
    meter = MeterFactory(register_map=register_map, state=Meter.State.INSTALLED)
    channel = ChannelFactory(meter=meter)
    InstallationFactory(meter=meter, starts_at=START - timedelta(hours=1))
    MeterConnection.objects.create(
        meter=meter,
        source=source,
        host="127.0.0.1",
        port=port,
        unit_id=unit_id,
        parameters={"since": START.isoformat(), "base": 5_000_000},
        **connection,
    )
    return channel


@pytest.fixture(autouse=True)
def maps(db):
    operations.load_register_maps()


class Clock:
    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment


@contextmanager
def running(clock):
    """Serve the database's meters from a loop in a thread, as the command does in a process."""
    units = fleet.units_by_port(clock)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers = asyncio.run_coroutine_threadsafe(serve(units), loop).result(5)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(servers.shutdown(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def poll_at(clock, moment):
    clock.moment = moment
    return operations.poll_due(moment, limits=QUICK)


def expected(channel, period):
    load = load_of(
        channel.meter, channel, zone_name=NEW_YORK, parameters=channel.meter.connection.parameters
    )
    return simulator.values(load, period).tolist()


def stored(channel, period):
    values, codes, _ = readings.fetch_matrix([channel.pk], period, channel.interval_s)
    return values[0].tolist(), bytes(codes[0])


def test_what_the_fleet_uses_is_what_the_store_holds():
    port = free_port()
    exact = [hang(port=port, unit_id=n) for n in range(1, 4)]
    coarse = hang("eastron-sdm230", port=free_port())
    clock = Clock(START)

    with running(clock):
        for place in range(5):
            polled = poll_at(clock, START + place * QUARTER)

    hour = Period(START, START + 4 * QUARTER)
    assert (polled.asked, polled.read) == (4, 4)
    for channel in exact:
        assert stored(channel, hour) == (expected(channel, hour), b"AAAA")
    values, codes = stored(coarse, hour)
    assert all(value % 10 == 0 for value in values)  # the float meter shows 0.01 kWh
    assert abs(sum(values) - sum(expected(coarse, hour))) <= 10
    assert codes == b"AAAA"
    assert not ReadingException.objects.exists()


def test_registers_are_kept_at_local_midnight():
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        for place in range(5):
            poll_at(clock, START + place * QUARTER)

    midnight = START + 2 * QUARTER
    used = sum(expected(channel, Period(START, midnight)))
    assert [(r.read_at, r.value_base, r.quality, r.reason) for r in RegisterRead.objects.all()] == [
        (midnight, 5_000_000 + used, "A", "midnight")
    ]


def test_a_poll_is_done_once_within_an_interval():
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        poll_at(clock, START)
        first = poll_at(clock, START + QUARTER)
        again = poll_at(clock, START + QUARTER + timedelta(seconds=20))
        MeterConnection.objects.update(due_at=None)
        forced = poll_at(clock, START + QUARTER + timedelta(seconds=40))

    assert (first.read, again.asked, forced.read) == (1, 0, 1)
    assert RawMessage.objects.count() == 2
    assert ReadingBlock.objects.get(channel=channel).rev == 1
    assert not ReadingException.objects.exists()


def test_missed_polls_are_spread_marked_and_exact():
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        poll_at(clock, START)
        poll_at(clock, START + 4 * QUARTER)

    hour = Period(START, START + 4 * QUARTER)
    values, codes = stored(channel, hour)
    assert sum(values) == sum(expected(channel, hour))
    assert max(values) - min(values) <= 1
    assert codes == b"EEEE"
    assert [e.rule for e in ReadingException.objects.all()] == ["missing"]
    assert RegisterRead.objects.get().quality == "E"  # midnight lay in the gap


def test_a_poll_that_comes_too_late_waits_for_the_next_bound():
    hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        late = poll_at(clock, START + timedelta(minutes=5))
        next_bound = poll_at(clock, START + QUARTER)

    assert (late.asked, next_bound.read) == (0, 1)


def test_a_silent_meter_is_asked_less_and_less_and_loses_nothing():
    port = free_port()
    channel = hang(port=port)
    clock = Clock(START)
    with running(clock):
        poll_at(clock, START)

    asked = [poll_at(clock, START + n * QUARTER).asked for n in range(1, 20)]
    with running(clock):
        back = [poll_at(clock, START + n * QUARTER).read for n in range(20, 26)]

    connection = MeterConnection.objects.get()
    assert sum(asked) == 9  # five bounds in a row, then after 30, 45, 60 and 60 minutes
    assert asked[:5] == [1, 1, 1, 1, 1]
    assert sum(back) >= 2
    assert (connection.state, connection.attempts) == ("alive", 0)
    whole = Period(START, LastCounter.objects.get().read_at)
    assert sum(stored(channel, whole)[0]) == sum(expected(channel, whole))


def test_another_serial_is_quarantined_and_changes_no_reading():
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        Meter.objects.filter(pk=channel.meter_id).update(serial="999")
        polled = poll_at(clock, START)

    connection = MeterConnection.objects.get()
    exception = ReadingException.objects.get()
    assert (polled.quarantined, connection.state) == (1, "quarantined")
    assert (exception.rule, exception.severity) == ("serial", "held")
    assert RawMessage.objects.get().state == "quarantined"
    assert not LastCounter.objects.exists()


def test_a_wrong_register_map_is_told_and_changes_no_reading():
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        other = RegisterMap.objects.get(code="carlo-gavazzi-em24")
        Meter.objects.filter(pk=channel.meter_id).update(register_map=other)
        polled = poll_at(clock, START)

    assert polled.quarantined == 1
    assert ReadingException.objects.get().message == "exception 2 at input 66"
    assert not LastCounter.objects.exists()


def test_a_map_that_cannot_be_read_does_not_stop_the_others():
    port = free_port()
    broken, good = hang(port=port, unit_id=1), hang(port=port, unit_id=2)
    clock = Clock(START)

    with running(clock):
        bad = RegisterMap.objects.create(code="bad", name="Bad", registers={"code": "bad"})
        Meter.objects.filter(pk=broken.meter_id).update(register_map=bad)
        polled = poll_at(clock, START)

    assert (polled.read, polled.quarantined) == (1, 1)
    assert list(LastCounter.objects.values_list("channel", flat=True)) == [good.pk]
    assert "no register for import" in ReadingException.objects.get().message


def test_wrong_word_order_gives_an_impossible_counter_that_is_held():
    channel = hang(port=free_port())
    LastCounter.objects.create(channel=channel, read_at=START - QUARTER, value=4_999_900)
    clock = Clock(START)

    with running(clock):
        wrong = RegisterMap.objects.get(code="schneider-pm5100")
        registers = {n: r for n, r in wrong.registers["registers"].items() if n != "serial"}
        wrong.registers = wrong.registers | {"word_order": "little", "registers": registers}
        wrong.save()
        poll_at(clock, START)

    assert ReadingException.objects.get().rule == "impossible"
    assert LastCounter.objects.get().value == 4_999_900
    assert not ReadingBlock.objects.exists()


def test_a_message_left_behind_by_a_killed_worker_is_accepted_later(monkeypatch):
    channel = hang(port=free_port())
    clock = Clock(START)

    with running(clock):
        poll_at(clock, START)
        with monkeypatch.context() as patch:
            patch.setattr("meters.operations.poll.accept_messages", lambda ids, *, now: 0)
            poll_at(clock, START + QUARTER)
    assert RawMessage.objects.filter(state="received").count() == 1

    operations.poll_due(START + QUARTER)

    period = Period(START, START + QUARTER)
    assert stored(channel, period) == (expected(channel, period), b"A")


def test_a_simulated_meter_fills_the_elapsed_slots():
    channel = hang(port=0, source="simulator")
    LastCounter.objects.create(channel=channel, read_at=START, value=5_000_000)

    first = operations.poll_due(START + 2 * QUARTER)
    second = operations.poll_due(START + 30 * QUARTER)
    again = operations.poll_due(START + 30 * QUARTER)

    day = Period(START, START + 30 * QUARTER)
    assert (first.read, second.read, again.asked) == (1, 1, 0)
    assert stored(channel, day) == (expected(channel, day), b"A" * 30)
    assert LastCounter.objects.get().value == 5_000_000 + sum(expected(channel, day))
    assert [r.quality for r in RegisterRead.objects.all()] == ["A"]


def test_a_simulated_month_with_the_clock_change_is_whole():
    channel = hang(port=0, source="simulator")
    LastCounter.objects.create(channel=channel, read_at=START, value=5_000_000)
    ends_at = datetime(2026, 11, 30, 5, tzinfo=UTC)

    operations.poll_due(ends_at)

    november = Period(datetime(2026, 11, 1, 4, tzinfo=UTC), ends_at)
    values, _ = stored(channel, november)
    assert (len(values), MISSING in values) == (29 * 96 + 4, False)
    assert RegisterRead.objects.filter(channel=channel).count() == 31  # one at each midnight


def test_slots_that_cannot_be_are_held_and_the_rest_accepted():
    channel = hang(port=0, source="simulator")
    told = {"starts_at": START.isoformat(), "register": 0, "values": [100, -5, 99_999, 100]}
    message = RawMessage.objects.create(
        source="simulator",
        external_key="x:1",
        sha256=b"1",
        meter=channel.meter,
        payload=json.dumps({"series": {"import": told}}).encode(),
        received_at=START,
    )

    operations.accept_messages([message.pk], now=START + 4 * QUARTER)
    operations.accept_messages([message.pk], now=START + 4 * QUARTER)

    assert stored(channel, Period(START, START + 4 * QUARTER))[0] == [100, MISSING, MISSING, 100]
    assert sorted(e.rule for e in ReadingException.objects.all()) == ["impossible", "negative"]


def test_bytes_that_are_no_message_are_quarantined():
    channel = hang(port=0)
    message = RawMessage.objects.create(
        source="modbus",
        external_key=f"{channel.meter_id}:{START.isoformat()}",
        sha256=b"1",
        meter=channel.meter,
        payload=b"\xff\x00",
        received_at=START,
    )

    operations.accept_messages([message.pk], now=START)

    message.refresh_from_db()
    assert message.state == "quarantined"
    assert ReadingException.objects.get().rule == "malformed"


@pytest.mark.parametrize(
    ("rule", "value", "values", "last"),
    [
        ("impossible", 5_020_000, [10_000, 10_000], 5_020_000),
        ("negative", 100, [], 100),
    ],
)
def test_a_held_counter_can_be_accepted(rule, value, values, last):
    channel = hang(port=0)
    LastCounter.objects.create(channel=channel, read_at=START, value=5_000_000)
    held = ReadingException.objects.create(
        key="1",
        rule=rule,
        severity="held",
        meter=channel.meter,
        channel=channel,
        starts_at=START,
        ends_at=START + 2 * QUARTER,
        value_base=value,
        message="",
        recorded_at=START,
    )

    operations.accept_reading(held, actor=None, at=START + 3 * QUARTER)

    assert LastCounter.objects.get().value == last
    if values:
        assert stored(channel, Period(START, START + 2 * QUARTER)) == (values, b"SS")
    with pytest.raises(operations.NotOpen):
        operations.reject_reading(held, actor=None, at=START)


def test_an_exchanged_meter_leaves_no_hole_and_both_reads():
    agreement = AgreementFactory()
    old, new = ChannelFactory(), ChannelFactory()
    day = Period(START, START + timedelta(days=1))
    installation = operations.install_meter(
        old.meter, agreement.usage_point, at=START, opening={"import": 1_000}
    )

    operations.exchange_meter(
        installation,
        new.meter,
        at=START + 4 * QUARTER,
        closing={"import": 3_000},
        opening={"import": 50},
    )

    assert stored(old, Period(START, START + 4 * QUARTER)) == ([500] * 4, b"EEEE")
    (metered,) = queries.metered_agreements([agreement.account_id], day)
    assert metered.unmeasured() == []
    first, second = queries.reading_table(agreement, day)
    assert (first.opening.value, first.closing.value, first.difference) == (1_000, 3_000, 2_000)
    assert second.opening.value == 50
    assert [Meter.objects.get(pk=c.meter_id).state for c in (old, new)] == ["retired", "installed"]


def test_an_exchange_without_a_read_changes_nothing():
    old, new = ChannelFactory(), ChannelFactory()
    point = InstallationFactory(meter=old.meter, starts_at=START)

    with pytest.raises(operations.MissingRead, match="import"):
        operations.exchange_meter(
            point, new.meter, at=START + QUARTER, closing={"import": 1}, opening={}
        )
    with pytest.raises(operations.NotOnBoundary, match="15 minutes"):
        operations.exchange_meter(
            point,
            new.meter,
            at=START + timedelta(minutes=7),
            closing={"import": 1},
            opening={"import": 1},
        )


def test_two_meters_cannot_hang_at_one_point():
    point = InstallationFactory(starts_at=START)
    other = ChannelFactory()

    with pytest.raises(Error), transaction.atomic():
        operations.install_meter(
            other.meter, point.usage_point, at=START + QUARTER, opening={"import": 0}
        )


def test_a_short_gap_is_a_line_and_a_long_one_takes_like_days():
    channel = hang(port=0)
    weeks = START - timedelta(days=14)
    fill(channel, weeks, [100] * (14 * 96))
    fill(channel, START, [100, 100], empty=2, after=[160] * 2)

    short = Period(START, START + 6 * QUARTER)
    filled = operations.estimate_missing([channel.pk], short, now=START)

    assert filled == 2
    assert stored(channel, short) == ([100, 100, 120, 140, 160, 160], b"AAEEAA")
    long = Period(START + 6 * QUARTER, START + 30 * QUARTER)
    assert operations.estimate_missing([channel.pk], long, now=START) == 24
    assert stored(channel, long) == ([100] * 24, b"E" * 24)


def test_registers_on_both_sides_bind_the_estimates():
    channel = hang(port=0)
    fill(channel, START, [100, 100], empty=12, after=[100])
    for place, value in ((0, 1_000), (15, 3_700)):
        RegisterRead.objects.create(
            channel=channel, read_at=START + place * QUARTER, value_base=value, reason="hand"
        )

    operations.estimate_missing([channel.pk], Period(START, START + 15 * QUARTER), now=START)

    values, codes = stored(channel, Period(START, START + 15 * QUARTER))
    assert sum(values) == 2_700
    assert codes == b"AA" + b"E" * 12 + b"A"


def test_a_gap_without_any_ground_stays_empty():
    channel = hang(port=0)

    filled = operations.estimate_missing([channel.pk], Period(START, START + QUARTER), now=START)

    assert (filled, ReadingBlock.objects.exists()) == (0, False)


def fill(channel, starts_at, values, *, empty=0, after=()):
    series = [*values, *[MISSING] * empty, *after]
    readings.store_slots(
        [readings.Slots(channel.pk, starts_at, 900, np.array(series), Quality.ACTUAL)],
        source="test",
        recorded_at=START,
    )


def test_maps_are_loaded_once():
    assert operations.load_register_maps() == []
    assert RegisterMap.objects.count() == 4


def test_a_correction_that_arrives_as_a_message_keeps_what_was_billed():
    channel = hang(port=0)
    period = Period(START, START + QUARTER)
    fill(channel, START, [100])

    fill(channel, START, [120])

    assert stored(channel, period)[0] == [100]
    assert not ReadingBlockRevision.objects.exists()


def test_a_message_that_cannot_be_stored_does_not_stop_the_others():
    channel = hang(port=0, source="simulator")
    other = hang(port=1, source="simulator")
    ids = []
    for one, register in ((channel, 10**30), (other, 5)):
        told = {"starts_at": START.isoformat(), "register": register, "values": [100]}
        message = RawMessage.objects.create(
            source="simulator",
            external_key=f"x:{one.pk}",
            sha256=b"1",
            meter=one.meter,
            payload=json.dumps(
                {"series": {"import": told | {"values": [10**30 if register > 5 else 100]}}}
            ).encode(),
            received_at=START,
        )
        ids.append(message.pk)

    operations.accept_messages(ids, now=START + QUARTER)

    states = RawMessage.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["quarantined", "accepted"]
    assert stored(other, Period(START, START + QUARTER))[0] == [100]


def test_shards_share_the_meters_out():
    for number in range(5):
        hang(port=number, source="simulator")

    asked = [operations.poll_due(START, shard=shard, shards=2).asked for shard in (0, 1)]

    assert sorted(asked) == [2, 3]


def test_a_fleet_without_meters_says_so():
    with pytest.raises(CommandError, match="No installed meter"):
        call_command("simulate_fleet")

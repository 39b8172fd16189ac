from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.periods import Period, local_month
from meters import readings
from meters.models import ReadingBlock, ReadingBlockRevision
from meters.readings import MISSING, Quality, Slots
from meters.readings.merge import merge
from meters.readings.packing import pack, pack_status, unpack, unpack_status
from tests.meters.factories import ChannelFactory

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
DAY = date(2026, 10, 1)
MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)
TODAY = Period(MIDNIGHT, MIDNIGHT + timedelta(days=1))
LETTERS = st.sampled_from([*Quality])
HELD = st.integers(-(2**62), 2**62) | st.sampled_from([-(2**15), 2**15 - 1, -(2**31), 2**31 - 1])


def store(channel, values, *, starts_at=MIDNIGHT, codes=Quality.ACTUAL, **options):
    slots = Slots(channel.pk, starts_at, channel.interval_s, np.array(values, np.int64), codes)
    return readings.store_slots([slots], source="test", recorded_at=NOON, **options)


@given(arrays(np.int64, (3, 24), elements=HELD | st.just(MISSING)))
def test_packing_gives_back_every_value(values):
    sizes, data = pack(values)

    assert np.array_equal(unpack(sizes, data, 24), values)


@given(
    arrays(np.int64, (2, 6), elements=st.integers(0, 9) | st.just(MISSING)),
    arrays(np.uint8, (2, 6), elements=LETTERS.filter(lambda code: code != Quality.MISSING)),
)
def test_status_gives_back_the_code_of_every_held_value(values, codes):
    expected = np.where(values == MISSING, Quality.MISSING, codes)

    assert np.array_equal(unpack_status(values, pack_status(values, codes)), expected)


def test_a_day_of_small_actual_values_takes_two_bytes_a_slot_and_no_status():
    values = np.full((1, 96), 250)

    sizes, data = pack(values)

    assert (sizes, len(data[0])) == ([2], 192)
    assert pack_status(values, np.full((1, 96), Quality.ACTUAL, np.uint8)) == [None]


@pytest.mark.parametrize(
    ("held", "arriving", "replaced"),
    [
        ("E", "A", True),
        ("E", "E", True),
        ("C", "A", True),
        ("A", "E", False),
        ("A", "A", False),
        ("A", "S", True),
        ("S", "A", False),
        ("F", "S", False),
        ("X", "A", True),
    ],
)
def test_actual_replaces_estimated_and_nothing_replaces_final(held, arriving, replaced):
    merged = merge(*_slot(7, held), *_slot(9, arriving), decided=False)

    assert merged.values[0, 0] == (9 if replaced else 7)
    assert merged.is_revised[0] == replaced


@pytest.mark.parametrize("held", ["A", "S", "C"])
def test_a_decision_replaces_all_but_final(held):
    assert merge(*_slot(7, held), *_slot(9, "A"), decided=True).values[0, 0] == 9
    assert merge(*_slot(7, "F"), *_slot(9, "A"), decided=True).values[0, 0] == 7


def _slot(value, letter):
    return np.array([[value]]), np.array([[ord(letter)]], np.uint8)


@pytest.mark.django_db
def test_the_same_day_again_writes_nothing():
    channel = ChannelFactory()
    store(channel, range(96))

    again = store(channel, range(96))

    assert (again.inserted, again.changed, again.revised, again.conflicts) == (0, 0, 0, [])
    assert ReadingBlock.objects.get(channel=channel).rev == 1


@pytest.mark.django_db
def test_a_day_filled_by_96_polls_stays_one_row_of_one_revision():
    channel = ChannelFactory()

    for slot in range(96):
        store(channel, [slot], starts_at=MIDNIGHT + slot * timedelta(minutes=15))

    values, codes, revs = readings.fetch_matrix([channel.pk], TODAY, 900)
    assert values.tolist() == [list(range(96))]
    assert set(codes[0].tolist()) == {Quality.ACTUAL}
    assert revs == [np.uint32(1).tobytes()]
    assert not ReadingBlockRevision.objects.exists()


@pytest.mark.django_db
def test_an_estimate_gives_way_to_the_actual_value_and_stays_readable():
    channel = ChannelFactory(interval_s=3600)
    store(channel, [5] * 24, codes=Quality.ESTIMATED)
    _, _, billed = readings.fetch_matrix([channel.pk], TODAY, 3600)

    stored = store(channel, [6], starts_at=NOON, reason="late actual")

    assert (stored.inserted, stored.changed, stored.revised) == (0, 1, 1)
    values, codes, revs = readings.fetch_matrix([channel.pk], TODAY, 3600)
    assert values[0].tolist() == [5] * 12 + [6] + [5] * 11
    assert bytes(codes[0]) == b"E" * 12 + b"A" + b"E" * 11
    assert revs != billed
    then = readings.fetch_as_billed(channel.pk, TODAY, 3600, billed[0])
    assert then.values.tolist() == [5] * 24
    assert bytes(then.status) == b"E" * 24
    assert ReadingBlockRevision.objects.get().reason == "late actual"


@pytest.mark.django_db
def test_another_actual_value_is_a_conflict_until_somebody_decides():
    channel = ChannelFactory()
    store(channel, [10, 11])

    refused = store(channel, [10, 99])
    decided = store(channel, [10, 99], decided=True)

    assert refused.changed == 0
    assert refused.conflicts == [(channel.pk, MIDNIGHT + timedelta(minutes=15), 11, 99)]
    assert (decided.changed, decided.revised, decided.conflicts) == (1, 1, [])
    assert readings.fetch([channel.pk], TODAY)[channel.pk].values[:3].tolist() == [10, 99, MISSING]


@pytest.mark.django_db
def test_every_older_revision_can_be_rebuilt():
    channel = ChannelFactory(interval_s=3600)
    billed = []
    for round_ in range(4):
        store(channel, [round_] * 24, decided=True)
        billed.append(readings.fetch_matrix([channel.pk], TODAY, 3600)[2][0])

    then = [readings.fetch_as_billed(channel.pk, TODAY, 3600, revs) for revs in billed]

    assert [series.values[0] for series in then] == [0, 1, 2, 3]


@pytest.mark.django_db
def test_a_revision_that_was_never_written_is_refused():
    channel = ChannelFactory()
    store(channel, [1])

    with pytest.raises(readings.BadBlock, match="no revision 5"):
        readings.fetch_as_billed(channel.pk, TODAY, 900, np.uint32(5).tobytes())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "slots", "days"), [(3, 2972, 32), (10, 2976, 32), (11, 2884, 31)]
)
def test_months_of_the_clock_change_have_their_hours(month, slots, days):
    """New York 2026: forward on 8 March, back on 1 November."""
    channel = ChannelFactory()
    period = local_month(2026, month, ZoneInfo("America/New_York"))
    store(channel, range(slots), starts_at=period.starts_at)

    values, _, revs = readings.fetch_matrix([channel.pk], period, 900)

    assert values.tolist() == [list(range(slots))]
    assert np.frombuffer(revs[0], "<u4").tolist() == [1] * days


@pytest.mark.django_db
def test_a_fetch_is_one_query_whatever_the_number_of_channels(django_assert_num_queries):
    channels = ChannelFactory.create_batch(3)
    for place, channel in enumerate(channels):
        store(channel, [place, 70_000 * place], starts_at=MIDNIGHT - timedelta(minutes=15))
    period = Period(MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=1))

    for number in (1, 3):
        with django_assert_num_queries(1):
            values, _, _ = readings.fetch_matrix([c.pk for c in channels[:number]], period, 900)

    assert values[:, 95:98].tolist() == [
        [0, 0, MISSING],
        [1, 70_000, MISSING],
        [2, 140_000, MISSING],
    ]


@pytest.mark.django_db
def test_channels_without_readings_are_missing_and_of_revision_0():
    channel = ChannelFactory()

    values, codes, revs = readings.fetch_matrix([channel.pk], TODAY, 900)

    assert set(values[0].tolist()) == {MISSING}
    assert set(codes[0].tolist()) == {Quality.MISSING}
    assert revs == [bytes(4)]


@pytest.mark.django_db
def test_slots_off_their_bounds_are_refused():
    channel = ChannelFactory()

    with pytest.raises(readings.BadBlock, match="not on a bound"):
        store(channel, [1], starts_at=MIDNIGHT + timedelta(seconds=7))
    with pytest.raises(readings.BadBlock, match="bounds of 900"):
        readings.fetch_matrix([channel.pk], Period(MIDNIGHT, MIDNIGHT + timedelta(minutes=7)), 900)


@pytest.mark.django_db
def test_a_channel_whose_interval_changed_is_refused_not_misread():
    channel = ChannelFactory()
    store(channel, range(96))

    with pytest.raises(readings.BadBlock):
        readings.fetch_matrix([channel.pk], TODAY, 3600)

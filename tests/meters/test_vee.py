from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meters.vee import estimate
from meters.vee.counters import Counter, check_slots, slots_between, spread
from meters.vee.rules import Bounds, Rule, most_per_hour

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HOME = Bounds(modulus=10**9, per_hour=most_per_hour("Wh", amps=100, volts=230, phases=1))


def between(before, after, *, polls=1, now=None):
    first = None if before is None else Counter(NOON, before)
    second = Counter(NOON + polls * QUARTER, after)
    now = now or second.read_at
    return slots_between(first, second, interval_s=900, bounds=HOME, now=now)


def rules(passed):
    return [(finding.rule, finding.is_held) for finding in passed.findings]


def test_the_difference_of_two_counters_fills_the_slot():
    passed = between(1_000, 1_250)

    assert (passed.starts_at, passed.values.tolist()) == (NOON, [250])
    assert (passed.is_estimated, rules(passed)) == (False, [])
    assert passed.last == (NOON + QUARTER, 1_250)


def test_the_first_counter_fills_nothing():
    passed = between(None, 1_250)

    assert (passed.values.tolist(), passed.last.value, rules(passed)) == ([], 1_250, [])


def test_missed_polls_are_spread_evenly_and_estimated():
    passed = between(1_000, 1_010, polls=4)

    assert passed.values.tolist() == [2, 3, 2, 3]
    assert passed.is_estimated
    assert rules(passed) == [(Rule.MISSING, False)]


@given(st.integers(0, 10**12), st.integers(1, 3000))
def test_spreading_keeps_the_sum_and_differs_by_one_at_most(total, slots):
    values = spread(total, slots)

    assert values.sum() == total
    assert values.max() - values.min() <= 1


def test_the_same_counter_again_changes_nothing():
    passed = between(1_000, 1_000, polls=0)

    assert (passed.last, rules(passed)) == (None, [])


@pytest.mark.parametrize(
    ("before", "after", "polls", "rule"),
    [
        (1_000, 1_001, 0, Rule.DUPLICATE),
        (1_000, 900, -1, Rule.LATE),
        (1_000, 900, 1, Rule.NEGATIVE),
        (1_000, 1_000 + 6_326, 1, Rule.IMPOSSIBLE),  # 1.1 x 23 kW x 15 min = 6,325 Wh
        (10**9 - 10, 10**8, 1, Rule.NEGATIVE),
    ],
)
def test_a_reading_that_cannot_be_is_held(before, after, polls, rule):
    passed = between(before, after, polls=polls, now=NOON + timedelta(hours=1))

    assert (passed.last, passed.values.tolist()) == (None, [])
    assert rules(passed) == [(rule, True)]


def test_a_reading_in_the_future_is_held():
    passed = between(1_000, 1_100, now=NOON)

    assert rules(passed) == [(Rule.FUTURE, True)]


def test_the_most_that_the_fuse_lets_through_is_accepted():
    assert between(1_000, 1_000 + 6_325).values.tolist() == [6_325]


def test_a_register_that_passed_its_last_number_goes_on():
    passed = between(10**9 - 100, 150)

    assert passed.values.tolist() == [250]
    assert rules(passed) == [(Rule.ROLLOVER, False)]


def test_the_first_slot_after_an_installation_within_it_is_its_own():
    first = Counter(NOON + timedelta(minutes=7), 0)
    second = Counter(NOON + QUARTER, 80)

    passed = slots_between(first, second, interval_s=900, bounds=HOME, now=second.read_at)

    assert (passed.starts_at, passed.values.tolist()) == (NOON, [80])


def test_slots_that_fail_are_named_by_their_place():
    values = np.array([250, -1, 9_999, 250])

    failed = check_slots(NOON, values, interval_s=900, bounds=HOME, now=NOON + timedelta(hours=1))
    late = check_slots(NOON, values[:1], interval_s=900, bounds=HOME, now=NOON - QUARTER)

    assert [(place, finding.rule) for place, finding in failed] == [
        (1, Rule.NEGATIVE),
        (2, Rule.IMPOSSIBLE),
    ]
    assert [finding.rule for _, finding in late] == [Rule.FUTURE]


def test_a_short_gap_is_a_straight_line():
    assert estimate.straight_line(100, 200, 4).tolist() == [120, 140, 160, 180]


def test_like_days_share_the_rhythm_of_the_week():
    wednesday = estimate.like_days(date(2026, 10, 14))
    sunday = estimate.like_days(date(2026, 10, 18))

    assert [next(wednesday).day for _ in range(4)] == [13, 8, 7, 6]
    assert [next(sunday).day for _ in range(2)] == [11, 4]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=200), st.integers(0, 10**6))
def test_scaled_estimates_add_up_to_the_registers(shape, total):
    assert estimate.scaled(np.array(shape), total).sum() == total

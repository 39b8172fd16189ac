"""Where windows lie: at the edges of a bill, to the minute, and laid together where they repeat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities.windows import Windows, lay
from tests.tariffs.bills import HERE, days
from tests.tariffs.demand import at, bill, demand, segment_of, watts

DAY = days(date(2026, 6, 15), date(2026, 6, 15))  # a Monday
FORTNIGHT = days(date(2026, 6, 15), date(2026, 6, 28))
SLOTS = 96
DAILY = {"low": [{"from": "20:00", "to": "08:00"}], "high": [{"from": "08:00", "to": "20:00"}]}
BY_BAND = [{"band": "low", "price": "1"}, {"band": "high", "price": "2"}]


def laid(period: Period = DAY, *, bands=DAILY, **fields) -> Windows:
    """Lay the windows of a charge over quarter hours."""
    segment = segment_of(demand(**fields), period, bands=bands)
    (charge,) = segment.tariff.charges
    starts_at, slots = period.starts_at, period.seconds // 900
    return lay(charge, segment.tariff, HERE, starts_at, 900, slots)


# Averages


def test_one_minute_is_a_sixtieth_of_an_hour():
    """7 Wh in a minute are 420 W"""
    values = at(24 * 60, {100: 7})

    assert watts(bill(demand(minutes=1), values, DAY, interval_s=60)) == [420]


def test_a_stretch_shorter_than_a_window_counts_over_its_full_minutes():
    """2 + 1 kWh in the last half hour of a day: 3 kW over the hour from 23:00 on"""
    period = Period(datetime(2026, 6, 16, 3, 30, tzinfo=UTC), DAY.ends_at)
    values = at(2, {0: 2000, 1: 1000})

    assert watts(bill(demand(minutes=60), values, period, cycle=DAY)) == [3_000]


def test_the_first_reading_stands_behind_the_first_rolling_window():
    segment = segment_of(demand(minutes=30, rolling=True), DAY)
    use = engine.Intervals(DAY.starts_at, 900, at(SLOTS, {0: 1000, 1: 2000}))
    rated = engine.rate([segment], {(0, "import"): use}, [], currency="USD", n=1)

    mask = engine.intervals_behind(segment, rated.columns[-1], use)

    assert np.flatnonzero(mask).tolist() == [0, 1]


# Readings over the edge of a window


def test_the_first_reading_over_an_edge_is_told():
    """Readings of five minutes from 00:02 on: the third, from 00:12, reaches to 00:17"""
    period = Period(DAY.starts_at + timedelta(minutes=2), DAY.ends_at - timedelta(minutes=3))
    says = r"the reading from 2026-06-15T04:12:00\+00:00, 300 s long, crosses .* 15 minutes"

    with pytest.raises(UsageError, match=says):
        bill(demand(), at(period.seconds // 300, {}), period, interval_s=300, cycle=DAY)


def test_ten_seconds_over_the_edge_are_over_it():
    period = Period(DAY.starts_at + timedelta(seconds=10), DAY.ends_at - timedelta(seconds=50))

    with pytest.raises(UsageError, match="04:14:10"):
        bill(demand(), at(period.seconds // 60, {}), period, interval_s=60, cycle=DAY)


# What repeats is laid together


@pytest.mark.parametrize(
    ("fields", "cycle"),
    [
        ({"minutes": 15}, 96),
        ({"minutes": 30}, 48),
        ({"minutes": 60}, 24),
        ({"minutes": 60, "rolling": True}, 96),
        ({"minutes": 60, "peak": "daily"}, 14 * 24),  # no day is like another
    ],
)
def test_windows_repeat_after_those_of_a_day(fields, cycle):
    assert laid(FORTNIGHT, prices=BY_BAND, **fields).cycle == cycle


def test_what_is_shorter_than_a_day_repeats_never():
    assert laid(DAY, prices=BY_BAND).cycle == SLOTS


# Windows that reach over the edge of a bill


@pytest.mark.parametrize(
    ("edge", "padding"),
    [
        ("01:00", 0),  # four quarter hours are a whole window
        ("00:45", 3),  # three are none
        ("23:00", 0),
        ("23:15", 3),
    ],
)
def test_windows_reach_over_the_edge_where_a_band_is_shorter_than_they_are(edge, padding):
    bands = {"early": [{"to": edge}], "late": [{"from": edge}]}
    prices = [{"band": "early", "price": "1"}, {"band": "late", "price": "2"}]

    windows = laid(minutes=60, rolling=True, bands=bands, prices=prices)

    assert windows.padding == padding
    assert len(windows.starts) == SLOTS - 3 + 2 * padding


@pytest.mark.parametrize(("minutes", "padding"), [(60, 0), (45, 3)])
def test_windows_reach_over_the_edge_where_the_bill_is_shorter_than_they_are(minutes, padding):
    stretch = Period(DAY.starts_at, DAY.starts_at + timedelta(minutes=minutes))

    assert laid(stretch, minutes=60, rolling=True).padding == padding

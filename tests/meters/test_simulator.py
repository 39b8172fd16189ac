from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.periods import Period, local_month
from meters.sources.simulator import Load, Register, day_values, values
from meters.sources.simulator.shape import season

NEW_YORK = "America/New_York"
YEAR = Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


def home(key=1, *, interval_s=1800, unit="Wh", **parameters):
    return Load.household(
        seed=7, key=key, unit=unit, zone_name=NEW_YORK, interval_s=interval_s, parameters=parameters
    )


def test_the_same_seed_gives_the_same_day_and_another_meter_another():
    day = date(2026, 10, 31)

    assert np.array_equal(day_values(home(1), day), day_values(home(1), day))
    assert not np.array_equal(day_values(home(1), day), day_values(home(2), day))


def test_a_period_is_its_days_whatever_was_asked_before():
    start = datetime(2026, 10, 30, 21, tzinfo=UTC)
    period = Period(start, start + timedelta(hours=30))
    days = [day_values(home(), date(2026, 10, 30 + n)) for n in range(2)]
    after = day_values(home(), date(2026, 11, 1))

    series = values(home(), period)

    assert np.array_equal(series, np.concatenate([days[0][42:], days[1], after[:6]]))


@pytest.mark.parametrize(("month", "hours"), [(3, 743), (11, 721)])
@pytest.mark.parametrize("interval_s", [300, 900, 1800, 3600])
def test_months_of_the_clock_change_have_their_hours(month, hours, interval_s):
    period = local_month(2026, month, ZoneInfo(NEW_YORK))

    assert len(values(home(interval_s=interval_s), period)) == hours * 3600 // interval_s


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([900, 1800, 3600]))
def test_counters_differ_by_exactly_what_passed_between(first, more, interval_s):
    load = home(3, interval_s=interval_s)
    since = datetime(2026, 2, 27, 5, tzinfo=UTC)
    register = Register(load, since=since, base=1_000_000)
    start = since + timedelta(seconds=first * interval_s)
    end = start + timedelta(seconds=(more + 1) * interval_s)

    passed = int(values(load, Period(start, end)).sum())

    assert register.at(end) - register.at(start) == passed
    assert Register(load, since=since, base=1_000_000).at(start) == register.at(start)


def test_a_counter_moves_only_when_an_interval_has_ended():
    since = datetime(2026, 10, 1, tzinfo=UTC)
    register = Register(home(), since=since, base=500)

    assert register.at(since) == register.at(since + timedelta(minutes=29)) == 500
    assert register.at(since + timedelta(minutes=30)) > 500


def test_a_year_of_40_homes_has_the_statistics_of_real_ones():
    """Mean and spread as metering practice knows them: 60 W at least, below the fuse at most."""
    loads = [home(key) for key in range(40)]
    series = np.array([values(load, YEAR) for load in loads])
    totals, wanted = series.sum(axis=1), np.array([load.annual for load in loads])
    residual = series - series.mean(axis=0)

    assert abs(totals / wanted - 1).mean() < 0.03
    assert abs(totals.sum() / wanted.sum() - 1) < 0.01
    assert series.min() >= 30
    assert series.max() < 11_500
    assert 0.4 < np.mean(series.std(axis=1) / series.mean(axis=1)) < 0.8
    assert 0.4 < np.mean([np.corrcoef(row[:-1], row[1:])[0, 1] for row in residual]) < 0.8


def test_the_aggregate_follows_the_clock_and_the_season():
    series = np.array([values(home(key, interval_s=3600), YEAR) for key in range(30)]).sum(axis=0)
    winter, summer = series[: 31 * 24].sum() / 31, series[181 * 24 : 212 * 24].sum() / 31
    hourly = series[5 : 5 + 24 * 90].reshape(90, 24).mean(axis=0)  # from local midnight

    assert 1.3 < winter / summer < 1.6
    assert hourly[19:21].min() > 3 * hourly[3]
    assert season(1, southern=True) == pytest.approx(season(183), abs=0.01)


def test_water_has_no_standby_use():
    assert day_values(home(unit="l", interval_s=3600), date(2026, 7, 1)).min() >= 0
    assert home(unit="l").standby == 0


def test_parameters_set_a_load_by_hand():
    assert home(annual=5_000_000).annual == 5_000_000
    assert home(key=9, seed=3).key == 9

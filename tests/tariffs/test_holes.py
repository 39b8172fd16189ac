"""What is said of prices that leave a hole in the year, or meet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tariffs import engine
from tariffs.engine.quantities.slots import slot_rows
from tests.tariffs.bills import HERE, days
from tests.tariffs.definitions import definition, energy

BANDS = {
    "morning": [{"to": "12:00"}],
    "afternoon": [{"from": "12:00"}],
    "noon": [{"from": "12:00", "to": "13:00"}],
    "nearly_all": [{"to": "23:45"}],
}
SEASONS = {
    "summer": [{"first": "06-01", "last": "08-31"}],
    "autumn": [{"first": "09-01", "last": "11-30"}],
}


def said(*rows):
    prices = [{"price": "1", **row} for row in rows]
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(definition(energy(prices=prices), bands=BANDS, seasons=SEASONS))
    return str(refused.value)


def test_the_first_minute_without_a_price_is_told():
    assert said({"band": "nearly_all"}).endswith("01-01 at 23:45 (mon) has no price")


def test_the_rows_that_meet_are_told_and_no_others():
    """At noon the second row and the third; the first is over, the last is of another season"""
    rows = [
        {"band": "morning"},
        {"band": "afternoon"},
        {"band": "noon"},
        {"band": "noon", "season": "autumn"},
    ]

    assert said(*rows).endswith("01-01 at 12:00 (mon) has two prices: prices[1] and prices[2]")


def test_time_that_is_free_has_the_last_of_all_price_rows_so_that_lists_can_end_with_it():
    """Six hours before noon, the one that is priced, and five after it"""
    charge = energy(prices=[{"band": "noon", "price": "1"}], elsewhere="free")
    tariff = engine.parse(definition(charge, bands=BANDS))
    starts_at = days(date(2026, 6, 15), date(2026, 6, 15)).starts_at.replace(hour=10)

    found = slot_rows(tariff.charges[0], tariff, HERE, starts_at, 3600, 12)

    assert found.rows.tolist() == [-1] * 6 + [0] + [-1] * 5


def test_a_season_is_told_with_its_first_day():
    rows = [{"band": "morning"}, {"band": "afternoon"}, {"season": "summer"}]

    assert said(*rows).endswith("06-01 at 00:00 (mon) has two prices: prices[0] and prices[2]")


LEAP_YEAR = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
A_SEASON = some.lists(
    some.tuples(some.sampled_from(LEAP_YEAR), some.sampled_from(LEAP_YEAR)), min_size=1, max_size=3
)


def lies_in(day, ranges):
    return any(
        first <= day <= last if first <= last else day >= first or day <= last
        for first, last in ranges
    )


@settings(max_examples=150, deadline=None)
@given(cold=A_SEASON, warm=A_SEASON)
def test_the_first_day_of_a_year_that_is_wrong_is_told_wherever_seasons_lie(cold, warm):
    """Asked of all 366 days here; the engine asks only those on which a season begins or is over"""
    seasons = {
        name: [{"first": f"{first:%m-%d}", "last": f"{last:%m-%d}"} for first, last in ranges]
        for name, ranges in (("cold", cold), ("warm", warm))
    }
    prices = [{"season": "cold", "price": "1"}, {"season": "warm", "price": "2"}]
    times = {day: lies_in(day, cold) + lies_in(day, warm) for day in LEAP_YEAR}
    wrong = [day for day in LEAP_YEAR if times[day] != 1]
    definitions = definition(energy(prices=prices), bands=BANDS, seasons=seasons)

    if not wrong:
        assert engine.parse(definitions)
        return
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(definitions)
    told = "no price" if not times[wrong[0]] else "two prices"
    assert f"{wrong[0]:%m-%d} at 00:00 (mon) has {told}" in str(refused.value)

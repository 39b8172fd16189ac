"""Seasons at the day of the bill, and holidays that a calendar does not know."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import HERE, amounts, days, every_hour, priced, readings
from tests.tariffs.definitions import definition, energy, fixed, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
SEASONS = {
    "early": [{"first": "01-01", "last": "06-10"}],
    "late": [{"first": "06-11", "last": "12-31"}],
}
ROWS = [
    {"season": "early", "slabs": slabs(("30", "1"), (None, "2"))},
    {"season": "late", "slabs": slabs(("30", "3"), (None, "4"))},
]
LAST_DAY = definition(energy(prices=ROWS), seasons=SEASONS, on_change="last_day")
HOLIDAYS = ["2026-07-03", {"day": "2026-12-25", "name": "Christmas Day"}]


def test_a_whole_bill_has_the_season_of_its_last_day():
    """30 kWh × 3 + 10 × 4, though a third of the days is early"""
    assert amounts(priced(LAST_DAY, {"import": 40_000}, JUNE)) == {
        "energy/late/slab 0": 90_00,
        "energy/late/slab 1": 40_00,
    }


def test_readings_have_the_season_of_the_last_day_and_are_told_so():
    rated = readings(LAST_DAY, every_hour(JUNE, 100), JUNE)  # 72 kWh

    assert amounts(rated) == {"energy/late/slab 0": 90_00, "energy/late/slab 1": 168_00}
    column = next(c for c in rated.columns if c.shown[0])
    assert column.label["seasons_on"] == "2026-06-30"
    usage = engine.Intervals(JUNE.starts_at, 3600, np.array([every_hour(JUNE, 100)]))
    assert engine.intervals_behind(rated.segments[0], column, usage).sum() == 300


DAYS_EARLY = {"season": "early", "band": "day"}
DAYS_LATE = {"season": "late", "band": "day"}
NIGHT_ALL_YEAR = [
    {**DAYS_EARLY, "price": "1"},
    {**DAYS_LATE, "price": "3"},
    {"band": "night", "price": "0.50"},
]
BANDS = {
    "day": [{"from": "06:00", "to": "22:00"}],
    "night": [{"from": "22:00", "to": "06:00"}],
}


def test_the_season_of_the_last_day_holds_where_only_some_rows_have_one():
    """1 kWh an hour: 30 days × 16 h × 3 by day, × 8 h × 0.50 by night"""
    charge = energy(prices=NIGHT_ALL_YEAR)
    tariff = definition(charge, seasons=SEASONS, bands=BANDS, on_change="last_day")

    rated = readings(tariff, every_hour(JUNE, 1000), JUNE)

    assert amounts(rated) == {"energy/late/day": 1440_00, "energy/night": 120_00}


def test_who_moves_out_has_the_season_of_the_last_day_served():
    """8 days: a bound of 8 kWh; 8 × 1 + 2 × 2"""
    part = days(date(2026, 6, 1), date(2026, 6, 8))

    assert amounts(priced(LAST_DAY, {"import": 10_000}, part, cycle=JUNE)) == {
        "energy/early/slab 0": 8_00,
        "energy/early/slab 1": 4_00,
    }


def test_parts_of_a_bill_have_the_season_of_the_whole():
    tariff = engine.parse(LAST_DAY)
    parts = JUNE.cut([days(date(2026, 6, 9), date(2026, 6, 9)).starts_at])
    segments = [engine.Segment(tariff, part, JUNE, HERE, key="a") for part in parts]
    usage = {(i, "import"): engine.Totals(np.array([5_000])) for i in range(2)}

    rated = engine.rate(segments, usage, [], currency="USD", n=1)

    assert rated.total_minor == [30_00]


def test_an_amount_by_season_is_that_of_the_last_day():
    rows = [{"season": "early", "price": "3"}, {"season": "late", "price": "6"}]
    charge = fixed("0") | {"prices": rows}
    del charge["price"]

    rated = priced(definition(charge, seasons=SEASONS, on_change="last_day"), {}, JUNE)

    assert amounts(rated) == {"service/late": 6_00}
    assert rated.columns[0].label == {"season": "late", "seasons_on": "2026-06-30"}


def test_holidays_may_have_names():
    assert engine.parse(definition(fixed("1"), holidays=HOLIDAYS)).holidays == {
        date(2026, 7, 3),
        date(2026, 12, 25),
    }


@pytest.mark.parametrize(
    ("first", "last", "warned"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), []),
        (date(2026, 12, 15), date(2027, 1, 14), ["do not cover 2027"]),
    ],
)
def test_a_year_that_the_calendar_does_not_know_is_told(first, last, warned):
    rated = priced(definition(fixed("1"), holidays=HOLIDAYS), {}, days(first, last))

    assert len(rated.warnings) == len(warned)
    assert all(words in told for words, told in zip(warned, rated.warnings, strict=True))


# Places whose clocks did more than an hour


DATE_LINE = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
NEWFOUNDLAND = ZoneInfo("America/St_Johns")  # until 2011 from 00:01 back to 23:01 of the day before
WEEKEND = {"weekend": [{"days": ["weekend", "holiday"]}], "week": [{"days": "weekday"}]}


def test_a_day_that_the_place_skipped_is_not_billed():
    december = days(date(2011, 12, 1), date(2011, 12, 31), DATE_LINE)
    tariff = engine.parse(definition(fixed("1", basis="day"), **{"from": "2011-01-01"}))
    parts = [Period(december.starts_at, skipped := days_end(29)), Period(skipped, days_end(31))]
    segments = [engine.Segment(tariff, part, december, DATE_LINE) for part in parts]

    rated = engine.rate(segments, {}, [], currency="USD", n=1)

    assert [column.quantity[0] for column in rated.columns] == [29, 1]


def days_end(day: int) -> datetime:
    return days(date(2011, 12, 1), date(2011, 12, day), DATE_LINE).ends_at


def test_readings_have_the_day_that_the_clock_shows_again():
    """One minute of a Sunday, 59 of Saturday again, 24 hours of Sunday; then a Monday."""
    period = days(date(2010, 11, 7), date(2010, 11, 8), NEWFOUNDLAND)
    rows = [{"band": "weekend", "price": "1"}, {"band": "week", "price": "2"}]
    written = definition(energy(prices=rows), bands=WEEKEND, **{"from": "2010-01-01"})
    values = np.ones((1, period.seconds // 60), np.int64)

    rated = readings(written, values, period, interval_s=60, zone=NEWFOUNDLAND)

    assert [column.quantity[0] for column in rated.columns] == [25 * 60, 24 * 60]


@pytest.mark.parametrize("year", [2016, 2017])
def test_standard_time_is_that_of_the_year_which_begins(year):
    """Istanbul stayed on summer time in 2016; by UTC its January begins in December."""
    zone, new_year = ZoneInfo("Europe/Istanbul"), date(year, 1, 1)
    bands = {
        "day": [{"from": "06:00", "to": "22:00"}],
        "night": [{"from": "22:00", "to": "06:00"}],
    }
    rows = [{"band": "day", "price": "1"}, {"band": "night", "price": "2"}]
    tariff = definition(
        energy(prices=rows), bands=bands, clock="standard", **{"from": "2010-01-01"}
    )
    from_six_to_seven = [1000 * (hour == 6) for hour in range(24)]

    rated = readings(tariff, from_six_to_seven, days(new_year, new_year, zone), zone=zone)

    assert amounts(rated) == {"energy/day": 1_00}


def by_season(early, late):
    return [{"season": "early", "price": early}, {"season": "late", "price": late}]


@pytest.mark.parametrize(
    ("charge", "amount"),
    [
        ({"kind": "fixed", "prices": by_season("30", "90")}, 8_00),  # 30.00 × 8/30
        (
            energy(
                slab_rule="whole_table",
                tables=[{"up_to": "5", "price": "9"}, {"prices": by_season("1", "3")}],
            ),
            10_00,
        ),
    ],
)
def test_amounts_and_tables_have_the_season_of_the_last_day_served(charge, amount):
    """8 days in the early season; 10 kWh"""
    tariff = definition({**charge, "code": "it"}, seasons=SEASONS, on_change="last_day")
    part = days(date(2026, 6, 1), date(2026, 6, 8))

    assert amounts(priced(tariff, {"import": 10_000}, part, cycle=JUNE)) == {"it/early": amount}

"""Demand at its limits: the greatest numbers, what is missing, nothing at all."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities.peaks import DayPeaks
from tariffs.engine.quantities.peaks import demand as measured
from tests.tariffs.bills import days, priced
from tests.tariffs.definitions import definition
from tests.tariffs.demand import at, bill, demand, register, segment_of, watts

DAY = days(date(2026, 6, 15), date(2026, 6, 15))
SLOTS = 96
KVA = {"unit": "kVA", "with_reactive": "reactive"}
BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
BY_BAND = [{"band": "day", "price": "1"}, {"band": "night", "price": "2"}]
GREATEST = 2**40  # base units in a window
GREATEST_OF_TWO = 2**31 - 1  # of active or reactive energy, where both are squared


# The greatest numbers


@pytest.mark.parametrize("rolling", [False, True])
def test_thirty_two_bits_do_not_overflow(rolling):
    """2,147,483,647 Wh in each of four quarter hours: four times as many W"""
    values = np.full((1, SLOTS), 2**31 - 1, np.int32)

    assert watts(bill(demand(minutes=60, rolling=rolling), values, DAY)) == [8_589_934_588]


@pytest.mark.parametrize(("minutes", "slots"), [(15, 1), (30, 2), (60, 4)])
def test_a_reading_may_be_its_part_of_the_greatest_energy_in_a_window(minutes, slots):
    """2^40 Wh in a window of 15, 30 or 60 minutes of quarter hours: × 4, × 2 or × 1 W"""
    most = GREATEST // slots
    values = np.zeros((1, SLOTS), np.int64)
    values[0, 40 : 40 + slots] = most

    assert watts(bill(demand(minutes=minutes), values, DAY)) == [GREATEST * 60 // minutes]
    values[0, 40] = most + 1
    with pytest.raises(UsageError, match="account 0, slot 40: too great for a demand"):
        bill(demand(minutes=minutes), values, DAY)


def test_squares_fit_too():
    """4 × √2 × 2,147,483,647 = 12,148,001,994.3 VA"""
    values = np.full((1, SLOTS), GREATEST_OF_TWO, np.int64)

    assert watts(bill(demand(**KVA), values, DAY, reactive=values)) == [12_148_001_994]
    for active, reactive in ((values + 1, values), (values, values + 1)):
        with pytest.raises(UsageError, match="slot 0: too great for a demand"):
            bill(demand(**KVA), active, DAY, reactive=reactive)


def test_a_register_keeps_the_greatest_power():
    assert register(demand(), GREATEST, DAY).peaks["home", "demand"] == [GREATEST]
    with pytest.raises(UsageError, match="account 0: too great for a demand"):
        register(demand(), GREATEST + 1, DAY)


# Bands of some rows only

MIXED = {
    "seasons": {
        "dry": [{"first": "01-01", "last": "06-30"}],
        "wet": [{"first": "07-01", "last": "12-31"}],
    },
    "bands": BANDS,
}
SOME_WITH_BANDS = [
    {"season": "dry", "band": "day", "price": "1"},
    {"season": "dry", "band": "night", "price": "2"},
    {"season": "wet", "price": "3"},
]


def test_a_total_does_not_tell_the_bands_of_some_rows():
    tariff = definition(demand(source="power", prices=SOME_WITH_BANDS), **MIXED)

    with pytest.raises(UsageError, match="demand has time bands: a register for each of them"):
        priced(tariff, {"power": [5_000]}, DAY)


# What is missing


def test_a_register_without_a_number_is_told_by_its_account():
    tariff = definition(demand(source="power"))

    with pytest.raises(UsageError, match="account 1: negative or missing"):
        priced(tariff, {"power": [5_000, -1]}, DAY)


def test_a_reactive_reading_that_is_missing_is_told():
    values = at(SLOTS, {10: 3000})

    with pytest.raises(UsageError, match="account 0, slot 3: negative or missing"):
        bill(demand(**KVA), values, DAY, reactive=at(SLOTS, {3: -1}))


@pytest.mark.parametrize(
    ("hours_later", "reactive"),
    [
        (1, at(SLOTS, {})),  # as many, of another day
        (0, at(SLOTS - 1, {})),
    ],
)
def test_reactive_readings_begin_and_end_with_the_active_ones(hours_later, reactive):
    starts_at = DAY.starts_at + timedelta(hours=hours_later)
    use = {
        (0, "import"): engine.Intervals(DAY.starts_at, 900, at(SLOTS, {})),
        (0, "reactive"): engine.Intervals(starts_at, 900, reactive),
    }

    with pytest.raises(UsageError, match="are not of the same times"):
        engine.rate([segment_of(demand(**KVA), DAY)], use, [], currency="USD", n=1)


# Nothing at all


def test_a_mean_of_no_days_is_nothing():
    """Two hours at noon have no window of the night, and nothing is divided by no days."""
    noon = Period(DAY.starts_at + timedelta(hours=11), DAY.starts_at + timedelta(hours=13))
    charge = demand(peak={"mean_of": 2}, prices=BY_BAND, basis="day")
    values = at(8, {0: 1000})

    with np.errstate(divide="raise"):
        rated = bill(charge, values, noon, cycle=DAY, bands=BANDS)

    assert rated.peaks["home", "demand"] == [4_000]


def test_the_greatest_of_no_readings_is_nothing():
    segment = segment_of(demand(), DAY)
    (charge,) = segment.tariff.charges

    nothing = DayPeaks(np.zeros(0, np.intp), np.zeros((3, 0), np.int64))

    assert measured(charge, nothing).tolist() == [0, 0, 0]

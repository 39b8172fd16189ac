"""Use by price row at its limits: the greatest numbers, and what cannot be counted."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import steps
from tariffs.engine.quantities.around import ALONE
from tariffs.engine.quantities.runs import run_sums
from tariffs.engine.quantities.slots import SlotRows
from tests.tariffs.bills import days, priced
from tests.tariffs.definitions import definition, energy, slabs
from tests.tariffs.demand import segment_of

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
BY_BAND = [{"band": "day", "price": "1"}, {"band": "night", "price": "1"}]
MOST = 2**53  # base units of a register


def gas(**fields):
    """Return a conversion of m³ to kWh by one number."""
    return {"from": "m3", "factors": [{"name": "Calorific value", **fields}]}


@pytest.mark.parametrize("slots", [2**15, 2**15 + 1, 2**16 + 1])
def test_sixteen_bits_do_not_overflow_in_a_run_of_any_length(slots):
    """65,535 in each minute of three weeks and more"""
    values = np.full((1, slots), 2**16 - 1, np.uint16)
    one_run = SlotRows(np.zeros(slots, np.int16), np.zeros(1, np.intp), np.zeros(1, np.int16))

    assert run_sums(values, one_run).tolist() == [[slots * 65_535]]


def test_each_register_of_a_tariff_without_bands_is_looked_at():
    """10 kWh and -5 kWh are no 5 kWh"""
    use = {"import": {"day": [10_000, 10_000], "night": [3_000, -5_000]}}

    with pytest.raises(UsageError, match="account 1: negative or missing"):
        priced(definition(energy(price="1")), use, JUNE)


def test_a_total_of_some_hours_has_no_season():
    seasons = {"all": [{"first": "01-01", "last": "12-31"}]}
    tariff = definition(energy(prices=[{"season": "all", "price": "1"}]), seasons=seasons)
    hours = Period(JUNE.starts_at, JUNE.starts_at + timedelta(hours=4))

    with pytest.raises(
        UsageError, match="charge energy: a total without a whole day has no season"
    ):
        priced(tariff, {"import": 1_000}, hours, cycle=JUNE)


# Steps


def test_the_sum_of_the_bands_must_fit_64_bits():
    """2^53 l × 256 are 2^61 Wh in a band, and 2^62 in two: more than is added up. Half is not."""
    charge = energy(prices=BY_BAND, conversion=gas(value="256"))
    tariff = definition(charge, bands=BANDS)

    half = priced(tariff, {"import": {"day": MOST // 2, "night": MOST // 2}}, JUNE)

    assert [int(column.quantity[0]) for column in half.columns[1:]] == [2**60, 2**60]
    with pytest.raises(UsageError, match="a quantity does not fit 64 bits"):
        priced(tariff, {"import": {"day": MOST, "night": MOST}}, JUNE)


def test_a_number_that_is_given_may_be_as_small_as_is_written():
    """100,000,000 m³ × 0.00000001 = 1 kWh"""
    tariff = definition(energy(price="1", conversion=gas(given="heat")))

    rated = priced(tariff, {"import": 10**11}, JUNE, given={"heat": 1})

    assert rated.total_minor == [1_00]


def test_a_cap_of_a_charge_by_itself_is_for_one_of_nothing():
    charge = energy(unit="m3", price="1", at_most="10")
    segment = segment_of(charge, JUNE)

    assert steps.told(segment.tariff.charges[0], segment, ALONE) == [
        {"step": "at_most", "quantity": 10_000}
    ]


# Slabs of one row in the order of time


def test_one_band_alone_needs_no_order_of_time():
    """Nights are free: the register of the day climbs its slabs alone, 10 × 1 + 5 × 2"""
    rows = [{"band": "day", "slabs": slabs(("10", "1"), (None, "2"))}]
    charge = energy(prices=rows, elsewhere="free", slabs_with_time="chronological")

    rated = priced(definition(charge, bands=BANDS), {"import": {"day": 15_000}}, JUNE)

    assert rated.total_minor == [20_00]

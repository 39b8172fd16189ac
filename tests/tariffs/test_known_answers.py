"""Bills worked by hand and by others, to the cent."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tariffs.bills import amounts, days, every_hour, readings, total
from tests.tariffs.definitions import (
    FLAT,
    PEAK_HOUR,
    RESIDENTIAL_BASIC,
    THREE_SLABS,
    WATER,
    WINTER_DISCOUNT,
    definition,
    fixed,
)

JANUARY = days(date(2026, 1, 1), date(2026, 1, 31))
JULY = days(date(2026, 7, 1), date(2026, 7, 31))


@pytest.mark.parametrize(("units", "amount"), [(100, 12_00), (200, 24_00), (500, 60_00)])
def test_flat_rate(units, amount):
    assert total(FLAT, units * 1000, JANUARY).total_minor.tolist() == [amount]


@pytest.mark.parametrize(
    ("litres", "amount"),
    [
        (0, 0),
        (100_000, 8_00),
        (100_500, 8_05),
        (500_000, 48_00),
        (750_000, 78_00),
        (1_000_000, 108_00),
        (2_500_000, 333_00),
    ],
)
def test_slabs_of_water(litres, amount):
    assert total(WATER, litres, JANUARY).total_minor.tolist() == [amount]


def test_winter_price_is_the_regular_one_less_its_discount_once():
    in_winter = total(WINTER_DISCOUNT, 100_000, JANUARY)
    in_summer = total(WINTER_DISCOUNT, 100_000, JULY)

    assert amounts(in_winter) == {"energy/winter": 9_00}
    assert amounts(in_summer) == {"energy/regular": 12_00}


@pytest.mark.parametrize(
    ("day", "off_peak", "whole"),
    [
        (date(2026, 6, 15), 64, 2_80),
        (date(2026, 11, 1), 72, 2_88),  # 01:00 comes twice
        (date(2026, 3, 8), 56, 2_72),  # 02:00 does not come
    ],
)
def test_peak_hours_on_days_of_24_25_and_23_hours(day, off_peak, whole):
    period = days(day, day)

    rated = readings(PEAK_HOUR, every_hour(period), period)

    assert amounts(rated) == {
        "energy/off_peak": off_peak,
        "energy/standard": 1_44,
        "energy/peak": 72,
    }
    assert rated.total_minor.tolist() == [whole]


@pytest.mark.parametrize(
    ("units", "amount"),
    [
        (10_000, 10_00),
        (10_001, 10_00),  # 0.002 of a currency unit more
        (9_999, 10_00),
        (25_000, 40_00),
        (30_000, 60_00),
        (35_000, 80_00),
        (26_000, 44_00),
    ],
)
def test_three_slabs_at_and_around_every_bound(units, amount):
    assert total(THREE_SLABS, units, JANUARY).total_minor.tolist() == [amount]


def test_sample_plan_of_the_requirements():
    """
    base rate                 0.99
    40 kWh at peak × 0.15     6.00
    administrative fee        5.99
    document processing       2.50
    tax 5 % of 15.48          0.77
    """
    period = days(date(2026, 6, 1), date(2026, 6, 30))
    values = [0] * 720
    values[16] = 40_000  # from 16:00 to 17:00 on the first day
    values[3] = 260_000

    rated = readings(RESIDENTIAL_BASIC, values, period)

    assert amounts(rated) == {
        "standard-rate": 99,
        "peak-usage-fee/peak": 6_00,
        "administrative-fee": 5_99,
        "document-processing": 2_50,
        "tax": 77,
    }
    assert rated.total_minor.tolist() == [16_25]


def test_zero_use_still_pays_the_fixed_charge():
    tariff = definition(fixed("4.50"), *FLAT["charges"])

    rated = total(tariff, 0, JANUARY)

    assert amounts(rated) == {"service": 4_50}
    assert rated.total_minor.tolist() == [4_50]

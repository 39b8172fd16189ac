"""Bills worked by hand and by others, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
from tests.tariffs.files import HEADER, TOTALS, hours, lines, totals

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


# The same by the command

KNOWN = [
    (FLAT, "100", "kWh", "12.00"),
    (FLAT, "200", "kWh", "24.00"),
    (FLAT, "500", "kWh", "60.00"),
    (WATER, "0", "m3", "0.00"),
    (WATER, "100", "m3", "8.00"),
    (WATER, "100.5", "m3", "8.05"),
    (WATER, "500", "m3", "48.00"),
    (WATER, "750", "m3", "78.00"),
    (WATER, "1000", "m3", "108.00"),
    (WATER, "2500", "m3", "333.00"),
    (THREE_SLABS, "10", "kWh", "10.00"),
    (THREE_SLABS, "25", "kWh", "40.00"),
    (THREE_SLABS, "30", "kWh", "60.00"),
]


@pytest.mark.parametrize(("tariff", "use", "unit", "total"), KNOWN)
def test_the_command_knows_flat_prices_and_slabs(rate, tariff, use, unit, total):
    result = rate(tariff, TOTALS, f"2026-01-01,2026-02-01,import,{use},{unit}", as_json=True)

    assert totals(result) == [total]


def test_the_command_knows_the_winter_price(rate):
    rows = ["2026-01-01,2026-02-01,import,100,kWh", "2026-07-01,2026-08-01,import,100,kWh"]

    result = rate(WINTER_DISCOUNT, TOTALS, *rows, as_json=True)

    assert totals(result) == ["9.00", "12.00"]


@pytest.mark.parametrize(
    ("midnight", "count", "amounts_by_band"),
    [
        (datetime(2026, 6, 15, 4, tzinfo=UTC), 24, ["0.64", "1.44", "0.72", "2.80"]),
        (datetime(2026, 11, 1, 4, tzinfo=UTC), 25, ["0.72", "1.44", "0.72", "2.88"]),
        (datetime(2026, 3, 8, 5, tzinfo=UTC), 23, ["0.56", "1.44", "0.72", "2.72"]),
    ],
)
def test_the_command_knows_peak_hours(rate, midnight, count, amounts_by_band):
    result = rate(PEAK_HOUR, HEADER, *hours(midnight, count), as_json=True)

    assert [*(amount for *_, amount in lines(result)), *totals(result)] == amounts_by_band

"""Amounts that do not depend on use, on every basis and by season."""

from __future__ import annotations

from datetime import date

import pytest

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import HERE, amounts, days, priced
from tests.tariffs.definitions import definition, fixed

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
TWO_MONTHS = days(date(2026, 6, 15), date(2026, 8, 14))
SEASONS = {
    "early": [{"first": "01-01", "last": "06-10"}],
    "late": [{"first": "06-11", "last": "12-31"}],
}
BY_SEASON = [{"season": "early", "price": "3"}, {"season": "late", "price": "6"}]
UNSERVED = frozenset({date(2026, 6, 3), date(2026, 6, 20), date(2026, 7, 1)})


def june(first, last):
    return days(date(2026, 6, first), date(2026, 6, last))


@pytest.mark.parametrize(
    ("fields", "period", "cycle", "amount"),
    [
        ({"basis": "month"}, JUNE, JUNE, 12_00),
        ({"basis": "month"}, TWO_MONTHS, TWO_MONTHS, 24_00),
        ({"basis": "month"}, june(15, 30), TWO_MONTHS, 6_30),  # 24 × 16 ÷ 61 = 6.295
        ({"basis": "month", "proration": "whole"}, june(15, 30), TWO_MONTHS, 24_00),
        ({"basis": "year"}, JUNE, JUNE, 99),  # 12 × 30 ÷ 365 = 0.986
        ({"basis": "year"}, days(date(2024, 2, 1), date(2024, 2, 29)), None, 95),
        ({"basis": "served_day"}, JUNE, JUNE, 336_00),  # 28 × 12
        ({"basis": "served_day"}, june(1, 10), JUNE, 108_00),
        ({"basis": "30_days"}, days(date(2026, 7, 1), date(2026, 7, 31)), None, 12_40),
        ({"whole_days": {"from": 25, "to": 35}}, june(6, 30), JUNE, 12_00),
        ({"whole_days": {"from": 25, "to": 35}}, june(7, 30), JUNE, 9_60),
        (
            {"basis": "30_days", "whole_days": {"from": 25, "to": 35}},
            days(date(2026, 7, 1), date(2026, 7, 31)),
            None,
            12_00,
        ),
        (
            {"basis": "month", "whole_days": {"from": 50, "to": 61}},
            days(date(2026, 6, 20), date(2026, 8, 14)),
            TWO_MONTHS,
            24_00,
        ),
    ],
)
def test_what_an_amount_comes_to(fields, period, cycle, amount):
    tariff = definition(fixed("12", **fields))

    assert priced(tariff, {}, period, cycle=cycle, unserved=UNSERVED).total_minor == [amount]


@pytest.mark.parametrize(
    ("fields", "period", "line"),
    [
        ({"basis": "month"}, TWO_MONTHS, ("month", 2, 1, {"months": 2})),
        (
            {"basis": "month"},
            june(15, 30),
            ("month", 32, 61, {"months": 2, "days": 16, "cycle_days": 61}),
        ),
        ({"basis": "year"}, june(15, 30), ("year", 16, 365, {"days": 16})),
        ({"basis": "served_day"}, june(15, 30), ("day", 15, 1, {"days": 15, "unserved": 1})),
        ({}, TWO_MONTHS, ("period", 1, 1, {})),
    ],
)
def test_how_an_amount_is_told(fields, period, line):
    tariff = definition(fixed("12", **fields))

    (column,) = priced(tariff, {}, period, cycle=TWO_MONTHS, unserved=UNSERVED).columns

    found = column.unit, int(column.quantity[0]), column.quantity_scale, column.label
    assert found == line


def test_an_amount_per_month_needs_whole_months():
    with pytest.raises(engine.UsageError, match="charge service is stated per month"):
        priced(definition(fixed("12", basis="month")), {}, june(1, 29))


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, {"service/early": 1_00, "service/late": 4_00}),
        ({"basis": "day"}, {"service/early": 30_00, "service/late": 120_00}),
        ({"basis": "served_day"}, {"service/early": 27_00, "service/late": 114_00}),
        ({"proration": "whole"}, {"service/early": 1_00, "service/late": 4_00}),
    ],
)
def test_seasons_bear_their_own_days(fields, found):
    """10 of 30 days at 3.00 and 20 at 6.00"""
    tariff = definition(fixed("0", **fields) | {"prices": BY_SEASON}, seasons=SEASONS)
    del tariff["charges"][0]["price"]

    assert amounts(priced(tariff, {}, JUNE, unserved=UNSERVED)) == found


def test_a_part_bears_the_seasons_of_its_own_days():
    tariff = definition(fixed("0") | {"prices": BY_SEASON}, seasons=SEASONS)
    del tariff["charges"][0]["price"]

    assert amounts(priced(tariff, {}, june(1, 15), cycle=JUNE)) == {
        "service/early": 1_00,
        "service/late": 1_00,
    }
    assert amounts(priced(tariff, {}, june(16, 30), cycle=JUNE)) == {"service/late": 3_00}


@pytest.mark.parametrize("basis", ["period", "month", "day", "30_days", "year", "served_day"])
def test_a_cut_on_any_day_bills_the_whole_once(basis):
    """730 a year, a period, a day: no part is lost and none comes twice."""
    tariff = engine.parse(definition(fixed("730", basis=basis)))
    whole = priced(definition(fixed("730", basis=basis)), {}, JUNE, unserved=UNSERVED)

    for day in range(2, 31):
        parts = JUNE.cut([june(day, day).starts_at])
        segments = [
            engine.Segment(tariff, part, JUNE, HERE, key="a", unserved=UNSERVED) for part in parts
        ]
        rated = engine.rate(segments, {}, [], currency="USD", n=1)

        assert abs(int(rated.total_minor[0]) - int(whole.total_minor[0])) <= 1


def test_a_cut_inside_a_day_bills_that_day_with_the_part_in_which_it_ends():
    noon = june(10, 10).starts_at + (june(10, 10).ends_at - june(10, 10).starts_at) / 2
    tariff = definition(fixed("1", basis="day"))

    parts = [priced(tariff, {}, Period(*edges), cycle=JUNE) for edges in
             ((JUNE.starts_at, noon), (noon, JUNE.ends_at))]  # fmt: skip

    assert [int(part.total_minor[0]) for part in parts] == [9_00, 21_00]

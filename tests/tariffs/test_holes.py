"""What is said of prices that leave a hole in the year, or meet."""

from __future__ import annotations

from datetime import date

import pytest

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

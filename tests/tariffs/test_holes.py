"""What is said of prices that leave a hole in the year, or meet."""

from __future__ import annotations

import pytest

from tariffs import engine
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


def test_a_season_is_told_with_its_first_day():
    rows = [{"band": "morning"}, {"band": "afternoon"}, {"season": "summer"}]

    assert said(*rows).endswith("06-01 at 00:00 (mon) has two prices: prices[0] and prices[2]")

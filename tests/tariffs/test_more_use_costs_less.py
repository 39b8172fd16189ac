"""The known tariffs under which more use costs less; elsewhere it never does."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.tariffs.bills import days, readings, total
from tests.tariffs.definitions import definition, energy, slabs

DAY = days(date(2026, 11, 1), date(2026, 11, 1))  # 25 hours
MONTH = days(date(2026, 11, 1), date(2026, 11, 30))
FALLING = slabs(("10", "0.30"), (None, "0.10"))


def test_more_use_costs_less_where_the_reached_slab_prices_everything():
    tariff = definition(energy(slabs=FALLING, slab_rule="whole_quantity"))

    assert [cost(tariff, 10_000), cost(tariff, 10_001)] == [3_00, 1_00]


def test_more_use_costs_less_where_the_total_picks_a_cheaper_table():
    tables = [{"up_to": "10", "price": "0.30"}, {"price": "0.10"}]
    tariff = definition(energy(tables=tables, slab_rule="whole_table"))

    assert [cost(tariff, 10_000), cost(tariff, 10_001)] == [3_00, 1_00]


def test_more_use_costs_less_where_falling_slabs_share_in_proportion():
    """A dear band moves into its cheap slab when a band that costs nothing uses more."""
    assert shared("proportional", night=0) > shared("proportional", night=100_000)


def test_more_use_costs_less_where_earlier_use_fills_the_dear_slab_for_free():
    assert shared("chronological", night=0) > shared("chronological", night=100_000)


def shared(rule: str, *, night: int) -> int:
    bands = {"night": [{"from": "00:00", "to": "06:00"}], "day": [{"from": "06:00", "to": "24:00"}]}
    rows = [
        {"band": "night", "slabs": slabs(("10", "0"), (None, "0"))},
        {"band": "day", "slabs": FALLING},
    ]
    tariff = definition(energy(prices=rows, slabs_with_time=rule), bands=bands)
    values = [night, *[0] * 11, 20_000, *[0] * 12]
    return int(readings(tariff, values, DAY).total_minor[0])


def test_more_use_costs_less_where_it_raises_the_demand_that_widens_a_cheap_slab():
    """One kWh at the busiest hour adds 1 kW, and with it 100 kWh at the lower price."""
    hours = slabs(("100", "0.10"), (None, "0.50"))
    tariff = definition(
        energy(slabs=hours, slab_times={"demand": "peak"}, slab_width="whole"),
        {"code": "peak", "kind": "demand", "unit": "kW", "minutes": 60, "price": "0.01"},
    )
    values = [10_000] * 25
    busier = [11_000, *values[1:]]
    month = [*values * 29, *values][: MONTH.seconds // 3600]

    less, more = (
        int(readings(tariff, [*first, *month[25:]], MONTH).total_minor[0])
        for first in (values, busier)
    )

    assert more < less


def test_more_use_costs_less_by_a_unit_where_a_total_is_spread_over_seasons():
    """Whole Wh are given to seasons as they add up: of 1 Wh the middle has it, of 2 it has none."""
    seasons = {
        "early": [{"first": "11-01", "last": "11-10"}],
        "middle": [{"first": "11-11", "last": "11-20"}],
        "late": [{"first": "11-21", "last": "10-31"}],
    }
    rows = [{"season": season, "price": "10" if season == "middle" else "0"} for season in seasons]
    tariff = definition(energy(unit="Wh", prices=rows), seasons=seasons)

    assert [cost(tariff, use) for use in (1, 2)] == [10_00, 0]


def test_a_discount_of_more_than_everything_makes_use_cheaper():
    """Each discount may be 100 %, so two of the same base give back what was used."""
    discounts = [
        {"code": code, "kind": "percent", "purpose": "discount", "percent": "60", "of": ["energy"]}
        for code in ("one", "two")
    ]
    tariff = definition(energy(price="1"), *discounts)

    assert [cost(tariff, 10_000), cost(tariff, 20_000)] == [-2_00, -4_00]


def cost(tariff: dict[str, Any], units: int) -> int:
    return int(total(tariff, units, MONTH).total_minor[0])

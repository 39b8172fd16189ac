"""What a demand is over several parts of a cycle, and over a cycle that is none."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import HERE, amounts, days
from tests.tariffs.definitions import definition, energy, slabs
from tests.tariffs.demand import at, demand, lines, register, segment_of

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
SEASONS = {
    "summer": [{"first": "06-01", "last": "09-30"}],
    "winter": [{"first": "10-01", "last": "05-31"}],
}
BY_SEASON = [{"season": "winter", "price": "10"}, {"season": "summer", "price": "30"}]
BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
BY_BAND = [{"band": "day", "price": "12"}, {"band": "night", "price": "4"}]
PER_KW = energy(slabs=slabs(("10", "1"), (None, "2")), slab_times={"demand": "demand"})


# The mean of days


def of_four_days(charge, daily_kw, change):
    """Price 1 to 4 June with one peak each day, in kW, and a change at the start of a day."""
    cycle = days(date(2026, 6, 1), date(2026, 6, 4))
    parts = cycle.cut([days(date(2026, 6, change), date(2026, 6, change)).starts_at])
    readings = at(4 * 96, {96 * day + 5: kw * 250 for day, kw in enumerate(daily_kw)})
    halves = np.split(readings, [96 * (change - 1)], axis=1)
    use = {
        (i, "import"): engine.Intervals(part.starts_at, 900, half)
        for i, (part, half) in enumerate(zip(parts, halves, strict=True))
    }
    segments = [segment_of(charge, part, cycle=cycle) for part in parts]
    return engine.rate(segments, use, [], currency="USD", n=1)


def test_each_part_has_its_own_mean_and_the_cycle_that_of_all_its_days():
    """
    Daily peaks 8 and 2 kW, then 6 and 4: 5 kW and 5 kW are billed, each × 10 × 2/4.
    The mean of the two greatest days, of which later ratchets know, is (8 + 6) ÷ 2 = 7 kW.
    """
    rated = of_four_days(demand(peak={"mean_of": 2}), (8, 2, 6, 4), change=3)

    assert [amount for *_, amount in lines(rated)] == [25_00, 25_00]
    assert rated.peaks["home", "demand"].tolist() == [7_000]


def test_the_greater_mean_of_a_short_part_is_not_that_of_the_cycle():
    """A first part of one day has 8 kW; (8 + 6) ÷ 2 = 7 kW"""
    rated = of_four_days(demand(peak={"mean_of": 2}), (8, 2, 6, 4), change=2)

    assert rated.peaks["home", "demand"].tolist() == [7_000]


# Cycles and parts without a day


def test_a_cycle_of_some_hours_is_billed_as_a_whole():
    """5 kW × 10"""
    hours = Period(JUNE.starts_at, JUNE.starts_at + timedelta(hours=6))

    assert lines(register(demand(), 5_000, hours)) == [("demand", 5_000, 50_00)]


def test_who_moves_out_pays_the_season_of_the_last_day_served():
    """
    The cycle goes from 16 May to 14 June, the customer on 25 May, in winter:
    9 kW × 10 × 10/30 = 30.00
    """
    cycle = days(date(2026, 5, 16), date(2026, 6, 14))
    served = days(date(2026, 5, 16), date(2026, 5, 25))
    tariff = {"seasons": SEASONS, "on_change": "last_day"}

    rated = register(demand(prices=BY_SEASON), 9_000, served, cycle=cycle, **tariff)

    assert [amount for *_, amount in lines(rated)] == [30_00]


# No demand, and the greatest of several


def test_who_used_nothing_before_and_now_has_no_demand():
    charge = demand(ratchet={"percent": "80", "months": 11})

    assert lines(register(charge, 0, JUNE)) == []


@pytest.mark.parametrize(
    ("day", "night", "found"),
    [
        (7, 5, {"slab 0": 70_00, "slab 1": 10_00}),
        (5, 7, {"slab 0": 70_00, "slab 1": 10_00}),
        (0, 0, {"slab 1": 150_00}),
    ],
)
def test_slabs_for_each_kilowatt_are_those_of_the_greatest_demand_billed(day, night, found):
    """75 kWh: 10 kWh for each of 7 kW at 1, the rest at 2; of no demand all at 2"""
    tariff = definition(demand(source="power", prices=BY_BAND), PER_KW, bands=BANDS)
    registers = {"day": np.array([day * 1000]), "night": np.array([night * 1000])}
    use = {
        (0, "power"): engine.Registers(registers),
        (0, "import"): engine.Totals(np.array([75_000])),
    }

    rated = engine.rate(
        [engine.Segment(engine.parse(tariff), JUNE, JUNE, HERE)], use, [], currency="USD", n=1
    )

    billed = {key: amount for key, amount in amounts(rated).items() if key.startswith("energy")}
    assert billed == {f"energy/{slab}": amount for slab, amount in found.items()}

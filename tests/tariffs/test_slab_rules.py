"""Everything at the price that is reached, whole tables, and slabs for each kW or dwelling."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffs import engine
from tests.tariffs.bills import amounts, days, every_hour, priced, readings
from tests.tariffs.definitions import definition, energy, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
HALF = days(date(2026, 6, 1), date(2026, 6, 15))
DAY = days(date(2026, 6, 15), date(2026, 6, 15))
TWO_BANDS = {
    "day": [{"from": "06:00", "to": "22:00"}],
    "night": [{"from": "22:00", "to": "06:00"}],
}
LADDER = slabs(("100", "1"), ("200", "2"), (None, "3"))


@pytest.mark.parametrize(
    ("used", "amount"),
    [
        (0, 0),
        (1, 0),
        (100_000, 100_00),
        (100_001, 200_00),  # 100.001 × 2 = 200.002
        (200_000, 400_00),
        (200_001, 600_00),
        (500_000, 1500_00),
    ],
)
def test_the_reached_slab_prices_everything(used, amount):
    tariff = definition(energy(slab_rule="whole_quantity", slabs=LADDER))

    assert priced(tariff, {"import": used}, JUNE).total_minor == [amount]


def test_the_reached_slab_is_told_with_its_bounds():
    tariff = definition(energy(slab_rule="whole_quantity", slabs=LADDER))

    rated = priced(tariff, {"import": [150_000, 300_000]}, JUNE)

    shown = [[c.label for c in rated.columns if c.shown[a]] for a in range(2)]
    assert shown == [
        [
            {
                "row": 0,
                "slab": 1,
                "lower": 100_000,
                "upper": 200_000,
                "days": 30,
                "cycle_days": 30,
            }
        ],
        [{"row": 0, "slab": 2, "lower": 200_000, "upper": None, "days": 30, "cycle_days": 30}],
    ]


@pytest.mark.parametrize(
    ("meeting", "found"),
    [
        ("proportional", {"energy/day/slab 1": 3_20, "energy/night/slab 1": 80}),
        ("per_period", {"energy/day/slab 1": 3_20, "energy/night/slab 0": 40}),
    ],
)
def test_bands_reach_a_slab_together_or_each_on_its_own(meeting, found):
    """Of 24 kWh 16 fall by day and 8 by night; the bound lies at 10 kWh."""
    rows = [
        {"band": "day", "slabs": slabs(("10", "0.10"), (None, "0.20"))},
        {"band": "night", "slabs": slabs(("10", "0.05"), (None, "0.10"))},
    ]
    tariff = definition(
        energy(slab_rule="whole_quantity", slabs_with_time=meeting, prices=rows), bands=TWO_BANDS
    )

    assert amounts(readings(tariff, every_hour(DAY), DAY)) == found


def test_the_total_reaches_a_slab_beside_prices_by_band():
    """24 kWh at 0.02, and on top 16 × 0.10 + 8 × 0.05"""
    tariff = definition(
        energy(
            slab_rule="whole_quantity",
            slabs_with_time="total_only",
            slabs=slabs(("10", "0.01"), (None, "0.02")),
            prices=[{"band": "day", "price": "0.10"}, {"band": "night", "price": "0.05"}],
        ),
        bands=TWO_BANDS,
    )

    assert amounts(readings(tariff, every_hour(DAY), DAY)) == {
        "energy/slab 1": 48,
        "energy/day": 1_60,
        "energy/night": 40,
    }


# Tables

TABLES = [
    {"up_to": "300", "slabs": slabs(("100", "0.05"), (None, "0.10"))},
    {"up_to": "600", "slabs": slabs(("100", "0.08"), (None, "0.15"))},
    {"price": "0.20"},
]
BY_TABLE = definition(energy(slab_rule="whole_table", tables=TABLES))


@pytest.mark.parametrize(
    ("used", "amount"),
    [
        (0, 0),
        (80_000, 4_00),
        (300_000, 25_00),  # 100 × 0.05 + 200 × 0.10
        (300_001, 38_00),  # 100 × 0.08 + 200.001 × 0.15
        (600_000, 83_00),  # 8 + 75
        (700_000, 140_00),
    ],
)
def test_the_total_picks_a_whole_table(used, amount):
    assert priced(BY_TABLE, {"import": used}, JUNE).total_minor == [amount]


def test_each_account_has_the_table_that_it_reaches():
    rated = priced(BY_TABLE, {"import": [80_000, 400_000, 700_000]}, JUNE)

    assert rated.total_minor.tolist() == [4_00, 53_00, 140_00]
    tables = [{c.label["table"] for c in rated.columns if c.shown[a]} for a in range(3)]
    assert tables == [{0}, {1}, {2}]
    assert rated.columns[-1].label == {
        "row": 0,
        "slab": 0,
        "table": 2,
        "table_lower": 600_000,
        "table_upper": None,
    }


def test_bounds_of_tables_and_of_their_slabs_shrink_with_the_part():
    """In half a month 200 of 150 kWh are reached: 50 × 0.08 + 150 × 0.15"""
    rated = priced(BY_TABLE, {"import": 200_000}, HALF, cycle=JUNE)

    assert rated.total_minor == [4_00 + 22_50]


def test_a_table_may_have_bands_and_another_none():
    """24 kWh reach the second table: 16 × 0.30 + 8 × 0.10; 12 kWh the first: 12 × 0.50"""
    tariff = definition(
        energy(
            slab_rule="whole_table",
            tables=[
                {"up_to": "20", "price": "0.50"},
                {"prices": [{"band": "day", "price": "0.30"}, {"band": "night", "price": "0.10"}]},
            ],
        ),
        bands=TWO_BANDS,
    )

    assert readings(tariff, every_hour(DAY), DAY).total_minor == [4_80 + 80]
    assert readings(tariff, every_hour(DAY, 500), DAY).total_minor == [6_00]


def test_the_total_that_picks_a_table_is_what_the_first_one_prices():
    """Nights are free in the first table: 16 kWh by day stay in it, 16 × 0.50; 22.4 do not"""
    tables = [{"up_to": "20", "prices": [{"band": "day", "price": "0.50"}]}, {"price": "0.30"}]
    charge = energy(slab_rule="whole_table", tables=tables, elsewhere="free")
    tariff = definition(charge, bands=TWO_BANDS)

    assert readings(tariff, every_hour(DAY), DAY).total_minor == [8_00]
    assert readings(tariff, every_hour(DAY, 1_400), DAY).total_minor == [10_08]


def test_a_table_may_be_the_only_one():
    tariff = definition(energy(slab_rule="whole_table", tables=[{"price": "0.50"}]))

    assert priced(tariff, {"import": 2_000}, JUNE).total_minor == [1_00]


def test_steps_come_before_the_table():
    """700 × 50 % = 350 kWh: 8 + 250 × 0.15"""
    tariff = definition(energy(slab_rule="whole_table", tables=TABLES, share_percent="50"))

    assert priced(tariff, {"import": 700_000}, JUNE).total_minor == [45_50]


def test_an_attribute_may_pick_a_table():
    tariff = definition(
        energy(
            unit="dwelling",
            attribute="dwellings",
            slab_rule="whole_table",
            tables=[{"up_to": "4", "price": "10"}, {"price": "8"}],
        )
    )

    assert priced(tariff, {"@dwellings": [4_000, 5_000]}, JUNE).total_minor.tolist() == [
        40_00,
        40_00,
    ]


# Slabs times something


def test_slabs_for_each_dwelling_widen_with_their_number():
    """
    10 m³ for each of 3 dwellings: 30 × 1.00 + 10 × 3.00; for one: 10 × 1.00 + 30 × 3.00
    """
    tariff = definition(
        energy(
            unit="m3",
            slabs=slabs(("10", "1"), (None, "3")),
            slab_times={"attribute": "dwellings"},
        )
    )

    rated = priced(tariff, {"import": [40_000] * 2, "@dwellings": [3_000, 1_000]}, JUNE)

    assert rated.total_minor.tolist() == [60_00, 100_00]
    assert rated.columns[0].label == {
        "row": 0,
        "slab": 0,
        "lower": 0,
        "upper": 10_000,
        "per": "dwellings",
        "days": 30,
        "cycle_days": 30,
    }


def test_slabs_for_each_dwelling_shrink_with_the_part_and_round_once():
    """0.1 m³ × 3 dwellings × 13 ÷ 30 days = 130 l; rounded for one dwelling it were 3 × 43"""
    tariff = definition(
        energy(
            unit="m3",
            slabs=slabs(("0.1", "1"), (None, "3")),
            slab_times={"attribute": "dwellings"},
        )
    )
    part = days(date(2026, 6, 1), date(2026, 6, 13))

    rated = priced(tariff, {"import": 1_000, "@dwellings": 3_000}, part, cycle=JUNE)

    assert [int(c.quantity[0]) for c in rated.columns] == [130, 870]
    assert rated.columns[0].label["upper"] == 43


def test_slabs_for_each_kw_of_billing_demand():
    """
    50 kW: the first 200 kWh per kW = 10,000 kWh × 0.10, the rest of 12,000 × 0.05
    """
    tariff = definition(
        energy(slabs=slabs(("200", "0.10"), (None, "0.05")), slab_times={"demand": "power"}),
        {"code": "power", "kind": "demand", "unit": "kW", "source": "peak", "price": "0"},
    )

    rated = priced(tariff, {"import": 12_000_000, "peak": 50_000}, JUNE)

    found = [(c.label["per"], int(c.amount_minor[0])) for c in rated.columns if c.kind == "energy"]
    assert found == [("kW", 1000_00), ("kW", 100_00)]


def test_a_cap_for_each_dwelling():
    tariff = definition(
        energy(unit="m3", price="1", at_most="10", slab_times={"attribute": "dwellings"})
    )

    rated = priced(tariff, {"import": [40_000] * 2, "@dwellings": [3_000, 1_000]}, JUNE)

    assert rated.total_minor.tolist() == [30_00, 10_00]


def test_bands_share_slabs_of_each_dwelling_in_the_order_of_time():
    """
    24 kWh, 1 each hour; 5 kWh a dwelling are cheap. With 2 dwellings the first 10 hours:
    6 at night and 4 by day
    """
    rows = [{"band": b, "slabs": slabs(("5", "0"), (None, "1"))} for b in ("day", "night")]
    tariff = engine.parse(
        definition(
            energy(
                slabs_with_time="chronological",
                prices=rows,
                slab_times={"attribute": "dwellings"},
            ),
            bands=TWO_BANDS,
        )
    )
    segment = engine.Segment(tariff, DAY, DAY, tariff.zone)
    values = np.array([every_hour(DAY)] * 2)
    usage = {
        (0, "import"): engine.Intervals(DAY.starts_at, 3600, values),
        (0, "@dwellings"): engine.Totals(np.array([2_000, 1_000])),
    }

    rated = engine.rate([segment], usage, [], currency="USD", n=2)

    assert rated.table().quantity.tolist() == [
        [4_000, 12_000, 6_000, 2_000],
        [0, 16_000, 5_000, 3_000],
    ]


# The readings behind a line


def behind(tariff, label_slab, values=None, table=0):
    """Return how many of the hours of a day a line counts."""
    rated = readings(tariff, values or every_hour(DAY), DAY)
    column = next(
        c
        for c in rated.columns
        if c.label.get("slab") == label_slab and c.shown[0] and c.label.get("table", 0) == table
    )
    usage = engine.Intervals(DAY.starts_at, 3600, np.array([values or every_hour(DAY)]))
    return int(engine.intervals_behind(rated.segments[0], column, usage).sum())


def test_behind_a_slab_of_a_table_are_the_hours_of_that_slab():
    tables = [
        {"up_to": "20", "price": "1"},
        {"slabs": slabs(("6", "1"), (None, "2"))},
    ]
    tariff = definition(energy(slab_rule="whole_table", tables=tables))

    assert [behind(tariff, slab, table=1) for slab in (0, 1)] == [6, 18]


@pytest.mark.parametrize(
    "fields",
    [
        {"slab_rule": "whole_quantity"},
        {"share_percent": "50"},
    ],
)
def test_behind_a_slab_that_no_reading_tells_are_all_of_them(fields):
    tariff = definition(energy(slabs=slabs(("6", "1"), (None, "2")), **fields))

    assert behind(tariff, 1) == 24


def test_behind_what_was_metered_are_all_readings_free_ones_too():
    """24 kWh were metered, and the line says so; half of the 8 of the night have a price."""
    tariff = definition(
        energy(share_percent="50", elsewhere="free", prices=[{"band": "night", "price": "1"}]),
        bands=TWO_BANDS,
    )

    assert amounts(readings(tariff, every_hour(DAY), DAY)) == {"energy": 0, "energy/night": 4_00}
    assert behind(tariff, None) == 24

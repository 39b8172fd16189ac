"""What a charge may price: every unit, other commodities, attributes, and the steps to a price."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffs import engine
from tests.tariffs.bills import amounts, days, every_hour, priced, readings
from tests.tariffs.definitions import PEAK_BANDS, definition, energy, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
PART = days(date(2026, 6, 1), date(2026, 6, 12))
DAY = days(date(2026, 6, 15), date(2026, 6, 15))
TWO_BANDS = {
    "day": [{"from": "06:00", "to": "22:00"}],
    "night": [{"from": "22:00", "to": "06:00"}],
}
SEASONS = {
    "early": [{"first": "01-01", "last": "06-10"}],
    "late": [{"first": "06-11", "last": "12-31"}],
}
CONVERSION = {
    "from": "m3",
    "factors": [
        {"name": "Volume correction", "value": "1.02264"},
        {"name": "Calorific value, MJ/m³", "given": "calorific-value"},
        {"name": "MJ in a kWh", "value": "3.6", "by": "divide"},
    ],
}
CALORIFIC = {"calorific-value": 39_20000000}


def lines(rated, account=0):
    """Return (kind, quantity, amount) of the shown lines."""
    return [
        (c.kind, int(c.quantity[account]), int(c.amount_minor[account]))
        for c in rated.columns
        if c.shown[account]
    ]


@pytest.mark.parametrize(
    ("unit", "price", "used", "amount"),
    [
        ("Wh", "0.0002", 412_000, 82_40),
        ("MWh", "95.5", 1_234_567, 117_90),  # 1.234567 × 95.5 = 117.9011485
        ("ft3", "0.05", 1_250_500, 62_53),  # 1,250.5 × 0.05 = 62.525
        ("ccf", "4.5", 1_250_000, 56_25),  # 12.5 × 4.5
        ("gal", "0.0075", 5_500_250, 41_25),  # 5,500.25 × 0.0075 = 41.251875
        ("kgal", "7.5", 5_500_250, 41_25),
        ("therm", "1.2345", 41_003, 50_62),  # 41.003 × 1.2345 = 50.6182035
        ("MJ", "0.03", 3_600_000, 108_00),
        ("GJ", "30", 3_600_000, 108_00),
        ("kvarh", "0.0155", 210_500, 3_26),  # 210.5 × 0.0155 = 3.26275
        ("kVAh", "0.10", 412_000, 41_20),
        ("l", "0.002", 23_500, 47_00),
    ],
)
def test_every_unit_is_counted_in_whole_base_units(unit, price, used, amount):
    tariff = definition(energy(unit=unit, price=price))

    assert priced(tariff, {"import": used}, JUNE).total_minor == [amount]


def test_sewer_is_a_share_of_water_less_what_waters_the_garden():
    """
    23 m³ of water, 4 m³ of them for the garden: 19 × 85 % = 16.15 m³ × 2.00 = 32.30
    """
    less = [{"commodity": "water", "source": "garden"}]
    charge = energy(unit="m3", commodity="water", less=less, share_percent="85", price="2")
    sewer = definition(charge, commodity="sewer")

    rated = priced(sewer, {"water.import": 23_000, "water.garden": 4_000}, JUNE)

    assert lines(rated) == [("info", 23_000, 0), ("info", 4_000, 0), ("energy", 16_150, 32_30)]
    assert [c.label.get("step") for c in rated.columns] == ["metered", "less", None]
    assert rated.columns[2].label["steps"] == [
        {"step": "less", "source": "water.garden", "percent": 100_00000000},
        {"step": "share_percent", "percent": 85_00000000},
    ]


def test_gas_is_converted_from_volume_to_energy_in_one_step():
    """
    412 m³ × 1.02264 × 39.2 ÷ 3.6 = 4,587.79029... kWh, half up 4,587.790
    4,587.790 × 0.0625 = 286.736875
    """
    gas = definition(energy(price="0.0625", conversion=CONVERSION), commodity="gas")

    rated = priced(gas, {"import": 412_000}, JUNE, given=CALORIFIC)

    assert lines(rated) == [("info", 412_000, 0), ("energy", 4_587_790, 286_74)]
    metered, charged = rated.columns
    assert (metered.unit, metered.quantity_scale, metered.label) == (
        "m3",
        1000,
        {"step": "metered"},
    )
    assert charged.label["steps"] == [
        {
            "step": "conversion",
            "from": "m3",
            "factors": [
                {"name": "Volume correction", "value": 1_02264000},
                {
                    "name": "Calorific value, MJ/m³",
                    "value": 39_20000000,
                    "given": "calorific-value",
                },
                {"name": "MJ in a kWh", "value": 3_60000000, "by": "divide"},
            ],
        }
    ]


def test_slabs_hold_what_is_converted():
    """
    100 ccf × 1.037 = 103.7 therm: 50 × 1.00 + 53.7 × 2.00
    """
    factors = [{"name": "Therms in a ccf", "value": "1.037"}]
    tariff = definition(
        energy(
            unit="therm",
            conversion={"from": "ccf", "factors": factors},
            slabs=slabs(("50", "1"), (None, "2")),
        )
    )

    rated = priced(tariff, {"import": 10_000_000}, JUNE)

    assert lines(rated)[1:] == [("energy", 50_000, 50_00), ("energy", 53_700, 107_40)]


@pytest.mark.parametrize(
    ("given", "says"), [({}, "calorific-value"), ({"calorific-value": 0}, "calorific-value")]
)
def test_a_number_that_is_not_given_is_named(given, says):
    gas = definition(energy(price="0.06", conversion=CONVERSION), commodity="gas")

    with pytest.raises(engine.UsageError, match=says):
        priced(gas, {"import": 412_000}, JUNE, given=given)


def test_what_is_fed_in_comes_off_the_use_of_its_own_band_and_never_below_nothing():
    """
    Hour by hour 1 kWh is drawn; by day 2 kWh each, by night nothing is fed in.
    day 16 - 32 < 0; night 8 - 0 = 8 kWh × 0.10
    """
    tariff = definition(
        energy(
            less=[{"source": "export"}],
            prices=[{"band": "day", "price": "0.30"}, {"band": "night", "price": "0.10"}],
        ),
        bands=TWO_BANDS,
    )
    fed = np.array([[0] * 6 + [2000] * 16 + [0] * 2])
    drawn = np.array([every_hour(DAY)])
    uses = {
        name: engine.Intervals(DAY.starts_at, 3600, values)
        for name, values in (("import", drawn), ("export", fed))
    }

    rated = priced(tariff, uses, DAY)

    assert lines(rated) == [("info", 24_000, 0), ("info", 32_000, 0), ("energy", 8_000, 80)]


def test_steps_come_in_their_order_each_to_whole_base_units():
    """
    1,003 l less 33.333 % of 100 l (33.333 = 33 l) = 970 l; 50.05 % = 485.485 = 485 l;
    capped at 450 l; rounded down to whole 100 l: 400 l × 10 per m³ = 4.00
    """
    tariff = definition(
        energy(
            unit="m3",
            price="10",
            less=[{"source": "garden", "percent": "33.333"}],
            share_percent="50.05",
            at_most="0.45",
            round_quantity={"to": "0.1", "rounding": "down"},
        )
    )

    rated = priced(tariff, {"import": 1003, "garden": 100}, JUNE)

    assert lines(rated)[2:] == [("energy", 400, 4_00)]
    assert rated.columns[2].label["steps"][2:] == [
        {"step": "at_most", "quantity": 450},
        {"step": "round_quantity", "to": 100, "rounding": "down"},
    ]


def test_a_cap_is_prorated_like_a_slab():
    """30 m³ × 12 ÷ 30 days = 12 m³"""
    tariff = definition(energy(unit="m3", price="1", at_most="30"))

    assert priced(tariff, {"import": 40_000}, PART, cycle=JUNE).total_minor == [12_00]


@pytest.mark.parametrize(
    ("rounding", "used", "counted"),
    [
        ({}, 2_500, 3_000),
        ({}, 2_499, 2_000),
        ({"rounding": "half_even"}, 2_500, 2_000),
        ({"rounding": "up"}, 2_001, 3_000),
        ({"rounding": "down"}, 2_999, 2_000),
        ({"rounding": "up"}, 2_000, 2_000),
    ],
)
def test_a_quantity_is_rounded_before_it_is_priced(rounding, used, counted):
    tariff = definition(energy(unit="m3", price="1", round_quantity={"to": "1", **rounding}))

    assert priced(tariff, {"import": used}, JUNE).total_minor == [counted // 10]


def test_accounts_side_by_side_have_the_steps_of_each_alone():
    gas = definition(
        energy(conversion=CONVERSION, slabs=slabs(("1000", "0.05"), (None, "0.04"))),
        commodity="gas",
    )
    used = [0, 1, 97_531, 10**12, 10**15]

    together = priced(gas, {"import": used}, JUNE, given=CALORIFIC)

    for account, units in enumerate(used):
        alone = priced(gas, {"import": units}, JUNE, given=CALORIFIC)
        assert lines(together, account) == lines(alone)


# Attributes


def test_an_attribute_is_priced_for_the_days_of_its_part():
    """
    120.5 m² × 12 ÷ 30 days × 0.50 = 24.10
    """
    tariff = definition(energy(unit="m2", attribute="area", price="0.50"))

    rated = priced(tariff, {"@area": 120_500}, PART, cycle=JUNE)

    assert rated.total_minor == [24_10]
    (column,) = rated.columns
    assert (int(column.quantity[0]), column.quantity_scale) == (120_500 * 12, 1000 * 30)
    assert column.label == {"row": 0, "slab": 0, "days": 12, "cycle_days": 30}


def test_slabs_of_an_attribute_stay_as_they_are_and_each_part_is_prorated():
    """
    120.5 m²: 100 × 0.30 + 20.5 × 0.50 = 40.25 for the month; of 12 days 12.00 and 4.10
    """
    tariff = definition(
        energy(unit="m2", attribute="area", slabs=slabs(("100", "0.30"), (None, "0.50")))
    )

    assert priced(tariff, {"@area": 120_500}, JUNE).total_minor == [40_25]
    assert amounts(priced(tariff, {"@area": 120_500}, PART, cycle=JUNE)) == {
        "energy/slab 0": 12_00,
        "energy/slab 1": 4_10,
    }


def test_an_attribute_by_season_counts_the_days_of_each():
    """
    4 dwellings: 10 ÷ 30 days × 3.00 = 4.00; 20 ÷ 30 days × 6.00 = 16.00
    """
    rows = [{"season": "early", "price": "3"}, {"season": "late", "price": "6"}]
    tariff = definition(
        energy(unit="dwelling", attribute="dwellings", prices=rows), seasons=SEASONS
    )

    assert amounts(priced(tariff, {"@dwellings": 4_000}, JUNE)) == {
        "energy/early": 4_00,
        "energy/late": 16_00,
    }


def test_an_attribute_that_is_never_prorated_is_billed_by_the_last_part():
    tariff = engine.parse(
        definition(energy(unit="m2", attribute="area", price="0.50", proration="whole"))
    )
    parts = JUNE.cut([PART.ends_at])
    segments = [engine.Segment(tariff, part, JUNE, tariff.zone, key="a") for part in parts]
    area = {(i, "@area"): engine.Totals(np.array([100_000])) for i in range(2)}

    rated = engine.rate(segments, area, [], currency="USD", n=1)

    assert [(c.segment, int(c.amount_minor[0])) for c in rated.columns] == [(1, 50_00)]


def test_parts_of_an_attribute_add_up_exactly():
    """29 m² × 0.33 = 9.57; each part exact, only its line is rounded."""
    tariff = definition(energy(unit="m2", attribute="area", price="0.33"))
    for day in range(2, 31):
        cut = days(date(2026, 6, day), date(2026, 6, day)).starts_at
        shares = [priced(tariff, {"@area": 29_000}, p, cycle=JUNE) for p in JUNE.cut([cut])]
        quantities = [r.columns[0].quantity[0] / r.columns[0].quantity_scale for r in shares]
        assert sum(quantities) == pytest.approx(29)
        assert abs(sum(int(r.total_minor[0]) for r in shares) - 9_57) <= 1


# Registers


def test_registers_price_the_bands_they_are_named_after():
    tariff = definition(
        energy(prices=[{"band": "day", "price": "0.30"}, {"band": "night", "price": "0.10"}]),
        bands=TWO_BANDS,
    )

    rated = priced(tariff, {"import": {"night": 80_000, "day": 120_000}}, JUNE)

    assert amounts(rated) == {"energy/day": 36_00, "energy/night": 8_00}


def test_registers_are_shared_over_the_seasons_by_days():
    """
    10 of 30 days are early: 30 kWh by day are 10 and 20, 60 by night 20 and 40.
    Later the band does not matter: 60 kWh × 1.00
    """
    tariff = definition(
        energy(
            prices=[
                {"season": "early", "band": "day", "price": "3"},
                {"season": "early", "band": "night", "price": "2"},
                {"season": "late", "price": "1"},
            ]
        ),
        bands=TWO_BANDS,
        seasons=SEASONS,
    )

    rated = priced(tariff, {"import": {"day": 30_000, "night": 60_000}}, JUNE)

    assert amounts(rated) == {
        "energy/early/day": 30_00,
        "energy/early/night": 40_00,
        "energy/late": 60_00,
    }


def test_registers_of_a_tariff_without_bands_are_one_total():
    uses = {"import": {"day": 30_000, "night": 60_000}}

    assert priced(definition(energy(price="1")), uses, JUNE).total_minor == [90_00]


def test_registers_share_slabs_as_totals_by_band_do():
    """90 kWh, 45 of them cheap: half of each band."""
    rows = [
        {"band": band, "slabs": slabs(("45", cheap), (None, dear))}
        for band, cheap, dear in (("day", "2", "4"), ("night", "1", "3"))
    ]
    tariff = definition(energy(slabs_with_time="proportional", prices=rows), bands=TWO_BANDS)

    rated = priced(tariff, {"import": {"day": 30_000, "night": 60_000}}, JUNE)

    assert amounts(rated) == {
        "energy/day/slab 0": 30_00,
        "energy/day/slab 1": 60_00,
        "energy/night/slab 0": 30_00,
        "energy/night/slab 1": 90_00,
    }


# Use that does not fit


BANDED = definition(
    energy(prices=[{"band": "day", "price": "1"}, {"band": "night", "price": "1"}]),
    bands=TWO_BANDS,
)
IN_TIME = definition(
    energy(
        slabs_with_time="chronological",
        prices=[{"band": b, "slabs": slabs(("9", "1"), (None, "2"))} for b in ("day", "night")],
    ),
    bands=TWO_BANDS,
)
AREA = definition(energy(unit="m2", attribute="area", price="1"))
SEWER = definition(energy(unit="m3", commodity="water", price="1"), commodity="sewer")
NET = definition(energy(price="1", less=[{"source": "export"}]))


@pytest.mark.parametrize(
    ("tariff", "uses", "says"),
    [
        (BANDED, {"import": {"day": 1}}, "registers day are not its bands day, night"),
        (BANDED, {"import": {"day": 1, "dusk": 1}}, "registers day, dusk are not"),
        (BANDED, {"import": {"day": 1, "night": -1}}, "negative"),
        (BANDED, {"import": {"day": 1.5, "night": 1}}, "whole base units"),
        (BANDED, {"import": 5}, "needs readings, or a total for each band"),
        (IN_TIME, {"import": {"day": 1, "night": 1}}, "need readings"),
        (AREA, {}, "attribute 'area' is not known"),
        (AREA, {"@area": -1}, "negative"),
        (AREA, {"@area": {"day": 1}}, "an attribute is one number"),
        (SEWER, {"import": 5}, "no use of 'water.import'"),
        (NET, {"import": 5}, "no use of 'export'"),
        (NET, {"import": 5, "export": -5}, "negative"),
        (definition(energy(price="1")), {"import": np.nan}, "whole base units"),
        (definition(energy(price="1")), {"import": 1.5}, "whole base units"),
    ],
)
def test_use_that_does_not_fit_is_refused(tariff, uses, says):
    with pytest.raises(engine.UsageError, match=says):
        priced(tariff, uses, JUNE)


def test_readings_with_a_hole_are_refused():
    with pytest.raises(engine.UsageError, match="whole base units"):
        readings(definition(energy(price="1")), [np.nan] * 24, DAY)


def test_a_charge_by_band_has_no_line_for_a_band_without_use():
    tariff = definition(
        energy(
            share_percent="50",
            prices=[{"band": band, "price": "1"} for band in PEAK_BANDS],
        ),
        bands=PEAK_BANDS,
    )
    at_noon = [0] * 12 + [3] + [0] * 11

    rated = readings(tariff, at_noon, DAY)

    assert lines(rated) == [("info", 3, 0), ("energy", 2, 0)]  # 1.5 Wh, half up

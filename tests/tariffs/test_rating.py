"""Segments, part periods, bands, percentages, taxes and the readings behind a line."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tariffs import engine
from tests.tariffs.bills import HERE, amounts, days, every_hour, readings, total
from tests.tariffs.definitions import (
    FLAT,
    PEAK_BANDS,
    PEAK_HOUR,
    WATER,
    WINTER_DISCOUNT,
    definition,
    energy,
    fixed,
    slabs,
)

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
MARCH = days(date(2026, 3, 1), date(2026, 3, 31))
DAY = days(date(2026, 6, 15), date(2026, 6, 15))


def test_part_of_a_period_has_narrower_slabs_and_a_smaller_fixed_charge():
    """
    12 of 30 days: bound 10 × 12 / 30 = 4 m3
    4 m3 × 1 = 4.00; 2 m3 × 3 = 6.00; 9.99 × 12 / 30 = 3.996 = 4.00
    """
    tariff = definition(
        fixed("9.99"), energy(unit="m3", slabs=slabs(("10", "1"), (None, "3"))), commodity="water"
    )
    part = days(date(2026, 6, 1), date(2026, 6, 12))

    rated = total(tariff, 6000, part, cycle=JUNE)

    assert amounts(rated) == {"service": 4_00, "energy/slab 0": 4_00, "energy/slab 1": 6_00}
    assert rated.columns[0].label == {"days": 12, "cycle_days": 30}
    assert (rated.columns[0].quantity[0], rated.columns[0].quantity_scale) == (12, 30)


def test_a_prorated_bound_is_rounded_half_up_to_base_units():
    tariff = definition(energy(slabs=slabs(("0.1", "1"), (None, "3"))))
    first, thirteen = date(2026, 6, 1), date(2026, 6, 13)

    rated = total(tariff, 100, days(first, thirteen), cycle=JUNE)

    assert [int(c.quantity[0]) for c in rated.columns] == [43, 57]  # 100 × 13 / 30 = 43.3


@pytest.mark.parametrize(
    ("width", "bound"), [("prorate", 100_000), ("whole", 200_000), ("per_day", 3_000_000)]
)
def test_slab_widths_in_half_a_period(width, bound):
    tariff = definition(energy(slabs=slabs(("200", "1"), (None, "3")), slab_width=width))
    half = days(date(2026, 6, 1), date(2026, 6, 15))

    rated = total(tariff, 10_000_000, half, cycle=JUNE)

    assert int(rated.columns[0].quantity[0]) == bound


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({}, 5_00),
        ({"proration": "whole"}, 10_00),
        ({"basis": "day"}, 150_00),
        ({"basis": "30_days"}, 5_00),
    ],
)
def test_fixed_charge_in_half_a_period(fields, amount):
    half = days(date(2026, 6, 16), date(2026, 6, 30))

    assert total(definition(fixed("10", **fields)), 0, half, cycle=JUNE).total_minor == [amount]


def test_switch_of_tariff_inside_a_period_is_the_sum_of_its_parts():
    """
    15 of 30 days at 0.10, 15 at 0.20, 1 kWh an hour; fixed 6.00 and 9.00 by days
    360 × 0.10 + 360 × 0.20 + 3.00 + 4.50 = 115.50
    """
    old = engine.parse(definition(fixed("6"), energy(price="0.10"), code="old"))
    new = engine.parse(definition(fixed("9"), energy(price="0.20"), code="new"))
    first, second = JUNE.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])
    segments = [engine.Segment(old, first, JUNE, HERE), engine.Segment(new, second, JUNE, HERE)]
    hours = np.full((1, 360), 1000)
    use = {
        (0, "import"): engine.Intervals(first.starts_at, 3600, hours),
        (1, "import"): engine.Intervals(second.starts_at, 3600, hours),
    }

    rated = engine.rate(segments, use, [], currency="USD", n=1)

    assert [int(c.amount_minor[0]) for c in rated.columns] == [3_00, 36_00, 4_50, 72_00]
    assert [c.segment for c in rated.columns] == [0, 0, 1, 1]


def test_whole_charge_of_a_period_is_borne_by_its_last_part_alone():
    tariff = engine.parse(definition(fixed("10", proration="whole")))
    parts = JUNE.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])
    segments = [engine.Segment(tariff, part, JUNE, HERE) for part in parts]

    rated = engine.rate(segments, {}, [], currency="USD", n=2)

    assert [(c.segment, c.amount_minor.tolist()) for c in rated.columns] == [(1, [10_00, 10_00])]


def test_season_changes_with_the_local_date_of_each_reading():
    """March 31 is winter, April 1 is not, though five UTC hours lie between."""
    period = days(date(2026, 3, 31), date(2026, 4, 1))

    rated = readings(WINTER_DISCOUNT, every_hour(period), period)

    assert [int(c.quantity[0]) for c in rated.columns] == [24_000, 24_000]


def test_a_total_is_spread_over_seasons_by_days_and_adds_up():
    period = days(date(2026, 3, 30), date(2026, 4, 1))

    rated = total(WINTER_DISCOUNT, 100_000, period)

    assert [int(c.quantity[0]) for c in rated.columns] == [66_667, 33_333]


def test_weekends_and_holidays_have_their_own_price():
    bands = {
        "work": [{"days": "weekday"}],
        "rest": [{"days": ["weekend", "holiday"]}],
    }
    prices = [{"band": "work", "price": "0.20"}, {"band": "rest", "price": "0.10"}]
    tariff = definition(energy(prices=prices), bands=bands, holidays=["2026-07-03"])
    week = days(date(2026, 6, 29), date(2026, 7, 5))  # Monday to Sunday, holiday on Friday

    rated = readings(tariff, every_hour(week), week)

    assert [int(c.quantity[0]) for c in rated.columns] == [4 * 24_000, 3 * 24_000]


def test_standard_time_ignores_summer_time():
    """A peak from 16:00 to 20:00 standard time is 17:00 to 21:00 on the wall in June."""
    values = [0] * 24
    values[16], values[20] = 1000, 2000

    rated = readings({**PEAK_HOUR, "clock": "standard"}, values, DAY)

    assert amounts(rated) == {"energy/standard": 12, "energy/peak": 36}


def test_readings_too_long_for_the_bands_are_refused():
    bands = {"early": [{"from": "00:00", "to": "10:30"}], "late": [{"from": "10:30"}]}
    prices = [{"band": "early", "price": "1"}, {"band": "late", "price": "2"}]
    tariff = definition(energy(prices=prices), bands=bands)

    with pytest.raises(engine.UsageError, match=r"2026-06-15T14:00:00.* readings of 1800 s"):
        readings(tariff, every_hour(DAY), DAY)


def test_zone_with_a_half_hour_offset():
    zone = ZoneInfo("Asia/Kolkata")
    day = days(date(2026, 6, 15), date(2026, 6, 15), zone)

    rated = readings(PEAK_HOUR, [250] * 96, day, interval_s=900, zone=zone)

    assert rated.total_minor.tolist() == [2_80]


@pytest.mark.parametrize(
    ("rule", "night", "day"),
    [
        # 3 kWh at night, then 6 by day, then 3 at night; bound 6 kWh; dear prices are tenfold
        ("chronological", (3_000, 3_000), (3_000, 3_000)),
        ("proportional", (3_000, 3_000), (3_000, 3_000)),
        ("per_period", (6_000, 0), (6_000, 0)),
    ],
)
def test_slabs_with_time_of_use(rule, night, day):
    rated = readings(night_and_day(rule), night_day_night(), DAY)

    assert [int(c.quantity[0]) for c in rated.columns] == [*night, *day]


def test_order_of_use_matters_in_time_order_only():
    late = [0] * 6 + [500] * 16 + [2_000, 0]  # 8 kWh by day, then 2 at night

    in_order = readings(night_and_day("chronological"), late, DAY)
    shared = readings(night_and_day("proportional"), late, DAY)

    assert [int(c.quantity[0]) for c in in_order.columns] == [0, 2_000, 6_000, 2_000]
    assert [int(c.quantity[0]) for c in shared.columns] == [1_200, 800, 4_800, 3_200]


def test_slabs_of_the_total_stand_beside_the_bands():
    prices = [{"band": "night", "price": "0.05"}, {"band": "day", "price": "0.10"}]
    ladder = slabs(("6", "0.01"), (None, "0.03"))
    charge = energy(prices=prices, slabs=ladder, slabs_with_time="total_only")

    rated = readings(definition(charge, bands=NIGHT_AND_DAY), night_day_night(), DAY)

    assert [int(c.amount_minor[0]) for c in rated.columns] == [6, 18, 30, 60]


NIGHT_AND_DAY = {
    "night": [{"from": "22:00", "to": "06:00"}],
    "day": [{"from": "06:00", "to": "22:00"}],
}


def night_and_day(rule):
    prices = [
        {"band": "night", "slabs": slabs(("6", "0.05"), (None, "0.50"))},
        {"band": "day", "slabs": slabs(("6", "0.10"), (None, "1.00"))},
    ]
    return definition(energy(prices=prices, slabs_with_time=rule), bands=NIGHT_AND_DAY)


def night_day_night():
    return [500] * 6 + [375] * 16 + [1_500] * 2


def test_percentages_follow_their_base_and_taxes_the_sum():
    """
    100 kWh × 0.10 = 10.00, service 5.00, 10 % off energy = -1.00, rider 2 % of all three = 0.28
    VAT 20 % of 14.28 = 2.86 (2.856), city tax 10 % of that base and the VAT = 1.71 (1.714)
    """
    tariff = definition(
        {"code": "rider", "kind": "percent", "purpose": "rider", "percent": "2",
         "of": ["energy", "service", "rebate"]},
        {"code": "rebate", "kind": "percent", "purpose": "discount", "percent": "10",
         "of": ["energy"]},
        fixed("5"),
        energy(price="0.10"),
    )  # fmt: skip
    taxes = [
        engine.Tax("vat", "VAT", 20_00000000),
        engine.Tax("city", "City tax", 10_00000000, on_taxes=("vat",)),
        engine.Tax("gas", "Gas levy", 50_00000000, commodity="gas"),
    ]

    rated = total(tariff, 100_000, JUNE, taxes=taxes)

    assert amounts(rated) == {
        "service": 5_00,
        "energy": 10_00,
        "rebate": -1_00,
        "rider": 28,
        "vat": 2_86,
        "city": 1_71,
    }
    assert rated.total_minor.tolist() == [18_85]


def test_tariff_keeps_its_own_rounding():
    assert total({**FLAT, "rounding": "up"}, 1, JUNE).total_minor.tolist() == [1]
    assert total({**FLAT, "rounding": "down"}, 99, JUNE).total_minor.tolist() == [1]


def test_currency_without_minor_units():
    tariff = engine.parse(definition(energy(price="27.5"), currency="JPY"))
    segment = engine.Segment(tariff, JUNE, JUNE, HERE)
    use = {(0, "import"): engine.Totals(np.array([1_000, 3_000]))}

    rated = engine.rate([segment], use, [], currency="JPY", n=2)

    assert rated.total_minor.tolist() == [28, 83]


def test_amounts_beyond_64_bits_of_product_are_exact():
    quantity = 46 * 10**12  # 46 GWh
    tariff = definition(energy(price="999.999999"))

    assert total(tariff, quantity, JUNE).total_minor.tolist() == [4_599_999_995_400_000]


def test_charge_with_a_condition_waits_for_it():
    tariff = definition(
        energy(price="0.10"),
        {"code": "paperless", "kind": "percent", "purpose": "discount", "percent": "5",
         "of": ["energy"], "when": ["paperless"]},
    )  # fmt: skip
    values = every_hour(DAY)

    without = readings(tariff, values, DAY)
    having = readings(tariff, values, DAY, conditions=frozenset({"paperless"}))

    assert (without.total_minor[0], having.total_minor[0]) == (2_40, 2_28)


def test_readings_behind_a_line_of_a_band_and_slab():
    values = np.array([night_day_night()])
    segment = engine.Segment(engine.parse(night_and_day("chronological")), DAY, DAY, HERE)
    use = engine.Intervals(DAY.starts_at, 3600, values)

    rated = engine.rate([segment], {(0, "import"): use}, [], currency="USD", n=1)

    night_low, night_high, day_low, day_high = (
        np.flatnonzero(engine.intervals_behind(segment, column, use)).tolist()
        for column in rated.columns
    )
    assert night_low == [0, 1, 2, 3, 4, 5]
    assert night_high == [22, 23]
    assert day_low == list(range(6, 14))
    assert day_high == list(range(14, 22))


def test_an_hour_without_use_stands_behind_no_slab():
    values = np.array([[2000, 0, 3000, *[0] * 21]])
    ladder = slabs(("1", "1"), (None, "3"))
    segment = engine.Segment(
        engine.parse(definition(energy(slabs=ladder, slab_width="whole"))), DAY, DAY, HERE
    )
    use = engine.Intervals(DAY.starts_at, 3600, values)

    rated = engine.rate([segment], {(0, "import"): use}, [], currency="USD", n=1)

    behind = [engine.intervals_behind(segment, column, use) for column in rated.columns]
    assert [np.flatnonzero(mask).tolist() for mask in behind] == [[0], [0, 2]]


def test_no_reading_stands_behind_a_fixed_charge_or_a_total():
    segment = engine.Segment(
        engine.parse(definition(fixed("5"), energy(price="1"))), DAY, DAY, HERE
    )
    read = engine.Intervals(DAY.starts_at, 3600, np.ones((1, 24), np.int64))
    told = engine.Totals(np.array([24]))
    by_code = {
        column.charge: column
        for column in engine.rate([segment], {(0, "import"): read}, [], currency="USD", n=1).columns
    }

    assert engine.intervals_behind(segment, by_code["service"], read).size == 0
    assert engine.intervals_behind(segment, by_code["energy"], told).size == 0


def test_the_readings_behind_a_line_are_those_of_one_account():
    segment = engine.Segment(engine.parse(definition(energy(price="1"))), DAY, DAY, HERE)
    use = engine.Intervals(DAY.starts_at, 3600, np.ones((2, 24), np.int64))
    rated = engine.rate([segment], {(0, "import"): use}, [], currency="USD", n=2)

    with pytest.raises(engine.UsageError, match="those of one account"):
        engine.intervals_behind(segment, rated.columns[0], use)


def test_trace_tells_the_arithmetic_of_one_account():
    rated = readings(PEAK_HOUR, every_hour(DAY), DAY)

    trace = rated.trace(0)

    assert trace["total_minor"] == 2_80
    assert trace["segments"][0]["offsets"] == [[1781496000, -14400]]
    assert trace["lines"][2] == {
        "segment": 0,
        "charge": "energy",
        "kind": "energy",
        "label": {"row": 2, "slab": 0, "band": "peak"},
        "unit": "kWh",
        "quantity": 4_000,
        "quantity_scale": 1_000,
        "unit_price": 18_000_000,
        "amount_minor": 72,
        "tax_class": "standard",
    }


def test_table_lists_lines_account_by_account():
    rated = readings(PEAK_HOUR, [[0] * 24, every_hour(DAY)], DAY)

    table = rated.table()

    assert table.amount_minor.tolist() == [[0, 0, 0], [64, 1_44, 72]]
    assert [pair.tolist() for pair in np.nonzero(table.shown)] == [[1, 1, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    ("days_in_force", "is_warned"),
    [
        ({"to": "2026-07-01"}, False),
        ({"to": "2026-06-30"}, True),  # the last day of June is the first without
        ({"from": "2026-06-01"}, False),
        ({"from": "2026-06-02"}, True),
    ],
)
def test_a_single_day_without_prices_is_warned_of(days_in_force, is_warned):
    rated = total({**FLAT, **days_in_force}, 1000, JUNE)

    assert bool(rated.warnings) is is_warned


def test_unused_version_is_rated_with_a_warning():
    rated = total({**FLAT, "to": "2026-06-10"}, 1000, JUNE)

    assert rated.warnings == [
        "tariff standard-residential-electricity is not in force on every day of its segment"
    ]


@pytest.mark.parametrize(
    ("use", "says"),
    [
        ({}, "no use of 'import'"),
        ({(0, "import"): engine.Totals(np.array([1, 2]))}, "use of 2 accounts, not 1"),
        ({(0, "import"): engine.Totals(np.array([1]))}, "has time bands"),
        (
            {(0, "import"): engine.Intervals(DAY.starts_at, 3600, np.zeros((1, 23), int))},
            "does not cover",
        ),
        (
            {
                (0, "import"): engine.Intervals(
                    DAY.starts_at, 3600, np.full((1, 24), -32768, np.int16)
                )
            },
            "account 0, slot 0: negative or missing",
        ),
    ],
)
def test_use_that_does_not_fit_is_refused(use, says):
    segment = engine.Segment(engine.parse(PEAK_HOUR), DAY, DAY, HERE)

    with pytest.raises(engine.UsageError, match=says):
        engine.rate([segment], use, [], currency="USD", n=1)


def test_negative_total_is_refused():
    with pytest.raises(engine.UsageError, match="account 0: negative or missing"):
        total(FLAT, -1, JUNE)


def test_segment_outside_of_its_cycle_is_refused():
    with pytest.raises(engine.UsageError, match="leaves its cycle"):
        total(FLAT, 1, JUNE, cycle=MARCH)


def test_tariff_in_another_currency_is_refused():
    segment = engine.Segment(engine.parse(FLAT), JUNE, JUNE, HERE)

    with pytest.raises(engine.UsageError, match="is in USD"):
        engine.rate([segment], {}, [], currency="EUR", n=1)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64])
def test_any_integer_type_gives_the_same_bill(dtype):
    values = np.full((300, 24), 30_000, dtype)

    rated = readings(PEAK_HOUR, values, DAY)

    assert set(rated.total_minor.tolist()) == {84_00}


def test_move_in_at_noon_pays_for_that_day_and_move_out_does_not():
    noon = DAY.starts_at + timedelta(hours=12)
    before, after = JUNE.cut([noon])
    tariff = definition(fixed("30"))

    parts = [total(tariff, 0, part, cycle=JUNE).total_minor[0] for part in (before, after)]

    assert parts == [14_00, 16_00]


def test_water_is_priced_in_litres():
    assert total(WATER, 100_001, JUNE).columns[1].quantity.tolist() == [1]


def test_examples_of_a_tariff_must_come_out():
    from tariffs.engine import examples

    good = {"name": "June", "first": "2026-06-01", "last": "2026-06-30", "use": {"import": "100"},
            "total": "12.00"}  # fmt: skip
    bad = {**good, "name": "wrong", "total": "12.01"}
    hourly = {"first": "2026-11-01", "last": "2026-11-01", "use_per_hour": {"import": "1"},
              "total": "2.88"}  # fmt: skip

    flat = engine.parse({**FLAT, "examples": [good, bad]})
    peak = engine.parse({**PEAK_HOUR, "bands": PEAK_BANDS, "examples": [hourly]})

    (failure,) = examples.failures(flat)
    assert str(failure) == "example wrong: 12.00 comes out instead of 12.01"
    assert examples.failures(peak) == []

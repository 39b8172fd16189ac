"""What is billed of a measured demand: ratchets, floors, rounding, slabs, parts of a cycle."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from tariffs import engine
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.ratchet import months_before
from tests.tariffs.bills import HERE, days
from tests.tariffs.definitions import definition, energy, slabs
from tests.tariffs.demand import at, bill, demand, lines, register, segment_of, watts

JANUARY = days(date(2026, 1, 1), date(2026, 1, 31))
JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
FIRST_TEN = days(date(2026, 6, 1), date(2026, 6, 10))
THE_REST = days(date(2026, 6, 11), date(2026, 6, 30))
SEASONS = {
    "summer": [{"first": "06-01", "last": "09-30"}],
    "winter": [{"first": "10-01", "last": "05-31"}],
}
EIGHTY = {"percent": "80", "months": 11}


# Ratchets


@pytest.mark.parametrize(
    ("before", "billed"),
    [
        (date(2025, 1, 1), 50_000),  # twelve months before: one too many
        (date(2025, 1, 31), 50_000),
        (date(2025, 2, 1), 80_000),  # eleven months before, over New Year
        (date(2025, 12, 1), 80_000),
        (date(2026, 1, 1), 50_000),  # this very period, or a later one, is not earlier
        (date(2026, 2, 1), 50_000),
    ],
)
def test_a_ratchet_looks_back_exactly_its_months(before, billed):
    """80 % of 100 kW = 80 kW, against 50 kW measured"""
    rated = register(demand(ratchet=EIGHTY), 50_000, JANUARY, peaks={before: 100_000})

    assert lines(rated)[-1] == ("demand", billed, billed // 100 * 100)


@pytest.mark.parametrize(("months", "billed"), [(1, 10_000), (2, 10_000), (3, 60_000)])
def test_a_ratchet_of_a_few_months(months, billed):
    ratchet = {"percent": "60", "months": months}

    rated = register(demand(ratchet=ratchet), 10_000, JANUARY, peaks={date(2025, 10, 1): 100_000})

    assert watts(rated)[-1] == billed


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 5), 11, date(2026, 1, 5)),
        (date(2026, 12, 5), 12, date(2025, 12, 5)),
    ],
)
def test_months_before(day, months, earlier):
    assert months_before(day, months) == earlier


def test_ones_own_month_counts_in_full():
    """90 kW measured is more than 80 % of 100 kW; nothing else is told"""
    rated = register(demand(ratchet=EIGHTY), 90_000, JANUARY, peaks={date(2025, 6, 1): 100_000})

    assert lines(rated) == [("demand", 90_000, 900_00)]


def test_a_held_up_demand_tells_the_measured_one():
    rated = register(demand(ratchet=EIGHTY), 50_000, JANUARY, peaks={date(2025, 6, 1): 100_000})

    assert lines(rated) == [("info", 50_000, 0), ("demand", 80_000, 800_00)]
    assert rated.columns[0].label == {"row": 0, "step": "metered"}
    assert rated.columns[1].label["steps"] == [
        {"step": "ratchet", "percent": 80 * 10**8, "months": 11, "rule": "greatest"}
    ]
    assert rated.peaks["home", "demand"].tolist() == [50_000]  # what was measured is remembered


def test_only_periods_that_begin_in_the_season_count():
    """70 % of September's 80 kW = 56 kW; November's 100 kW is of the winter"""
    ratchet = {"percent": "70", "months": 11, "season": "summer"}
    peaks = {date(2025, 9, 30): 80_000, date(2025, 11, 1): 100_000}

    rated = register(demand(ratchet=ratchet), 10_000, JANUARY, peaks=peaks, seasons=SEASONS)

    assert watts(rated)[-1] == 56_000


def test_a_ratchet_may_take_the_mean_of_all_months():
    """50 % of (10 + 100 + 41) ÷ 3 = 25.167 kW"""
    ratchet = {"percent": "50", "months": 11, "rule": "mean"}
    peaks = {date(2025, 11, 1): 100_000, date(2025, 12, 1): 41_000}

    assert watts(register(demand(ratchet=ratchet), 10_000, JANUARY, peaks=peaks))[-1] == 25_167


def test_a_mean_takes_the_place_of_a_greater_peak_of_ones_own():
    """(60 + 20 + 40) ÷ 3 = 40 kW, as tariffs that price the mean of twelve months have it"""
    ratchet = {"percent": "100", "months": 11, "rule": "mean"}
    peaks = {date(2025, 11, 1): 20_000, date(2025, 12, 1): 40_000}

    rated = register(demand(ratchet=ratchet), 60_000, JANUARY, peaks=peaks)

    assert lines(rated) == [("info", 60_000, 0), ("demand", 40_000, 400_00)]


def test_a_percentage_of_a_peak_is_rounded_half_up_to_watts():
    """33.3 % of 1,505 W = 501.165; 50 % of 1,001 W = 500.5"""
    peaks = {date(2025, 11, 1): 1_505}
    ratchet = {"percent": "33.3", "months": 11}
    half = {"percent": "50", "months": 11}

    assert watts(register(demand(ratchet=ratchet), 0, JANUARY, peaks=peaks))[-1] == 501
    peaks = {date(2025, 11, 1): 1_001}
    assert watts(register(demand(ratchet=half), 0, JANUARY, peaks=peaks))[-1] == 501


def test_an_earlier_peak_that_is_not_known_of_an_account_does_not_count():
    """Of the first account -1 stands for a month that is not known: 50 % of (10 + 30) ÷ 2"""
    ratchet = {"percent": "100", "months": 11, "rule": "mean"}
    segment = segment_of(demand(ratchet=ratchet, source="power"), JANUARY)
    use = {(0, "power"): engine.Totals(np.array([10_000, 10_000]))}
    entries = (
        (date(2025, 11, 1), np.array([-1, 50_000])),
        (date(2025, 12, 1), np.array([30_000, 30_000])),
    )
    past = {"home": engine.Past(peaks={"demand": entries})}

    rated = engine.rate([segment], use, [], currency="USD", n=2, past=past)

    assert [watts(rated, account)[-1] for account in (0, 1)] == [20_000, 30_000]


def test_a_short_memory_is_told_but_not_that_of_a_new_customer():
    charge = demand(ratchet=EIGHTY)

    new = register(charge, 50_000, JANUARY)
    short = register(charge, 50_000, JANUARY, peaks={date(2025, 3, 1): 1})
    enough = register(charge, 50_000, JANUARY, peaks={date(2025, 2, 1): 1})

    assert (new.warnings, enough.warnings) == ([], [])
    assert short.warnings == [
        "charge demand: its ratchet looks back 11 months, peaks are known since 2025-03-01"
    ]


# Floor and rounding


def test_ratchet_then_floor_then_rounding():
    """80 % of 52.3 = 41.84 kW, above the floor of 40, up to 42 kW"""
    whole_kw = {"to": "1", "rounding": "up"}
    charge = demand(ratchet=EIGHTY, floor="40", round_quantity=whole_kw)

    rated = register(charge, 30_000, JANUARY, peaks={date(2025, 6, 1): 52_300})

    assert lines(rated) == [("info", 30_000, 0), ("demand", 42_000, 420_00)]
    assert [step["step"] for step in rated.columns[1].label["steps"]] == [
        "ratchet", "floor", "round_quantity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rounding", "to", "billed"),
    [
        ("up", "1", 13_000),
        ("down", "1", 12_000),
        ("half_up", "1", 13_000),
        ("half_even", "1", 12_000),
        ("half_up", "5", 15_000),
        ("half_up", "0.1", 12_500),
    ],
)
def test_a_demand_is_rounded_before_it_is_priced(rounding, to, billed):
    charge = demand(round_quantity={"to": to, "rounding": rounding})

    assert watts(register(charge, 12_500, JUNE))[-1] == billed


def test_a_floor_is_billed_where_nothing_was_used():
    rated = register(demand(floor="5"), 0, JUNE)

    assert lines(rated) == [("info", 0, 0), ("demand", 5_000, 50_00)]


# Slabs


LADDER = slabs(("10", "5"), ("25", "8"), (None, "12"))


@pytest.mark.parametrize(
    ("peak", "amounts"),
    [
        (10_000, [50_00]),
        (10_001, [50_00, 1]),  # 1 W × 8 = 0.008
        (25_000, [50_00, 120_00]),
        (30_000, [50_00, 120_00, 60_00]),
    ],
)
def test_slabs_price_each_part_of_the_demand(peak, amounts):
    assert [line[2] for line in lines(register(demand(slabs=LADDER), peak, JUNE))] == amounts


@pytest.mark.parametrize(
    ("peak", "amount"), [(10_000, 50_00), (10_001, 80_01), (25_000, 200_00), (30_000, 360_00)]
)
def test_the_slab_reached_may_price_everything(peak, amount):
    charge = demand(slabs=LADDER, slab_rule="whole_quantity")

    assert [line[2] for line in lines(register(charge, peak, JUNE))] == [amount]


def test_bounds_in_kilowatts_stay_as_they_are_in_a_part_of_a_cycle():
    """10 of 30 days, 30 kW: 10 × 5 + 15 × 8 + 5 × 12 = 230, a third is 16.67 + 40.00 + 20.00"""
    rated = register(demand(slabs=LADDER), 30_000, FIRST_TEN, cycle=JUNE)

    assert [line[2] for line in lines(rated)] == [16_67, 40_00, 20_00]
    assert rated.columns[1].label == {
        "row": 0, "slab": 1, "lower": 10_000, "upper": 25_000, "days": 10, "cycle_days": 30,
    }  # fmt: skip
    assert (int(rated.columns[0].quantity[0]), rated.columns[0].quantity_scale) == (100_000, 30_000)


# Parts of a cycle


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({}, 20_00),  # 6 kW × 10 × 10/30
        ({"proration": "whole"}, 60_00),
        ({"basis": "day", "price": "0.5"}, 30_00),  # 6 kW × 0.5 × 10 days
    ],
)
def test_a_part_of_a_cycle(fields, amount):
    rated = register(demand(**fields), 6_000, FIRST_TEN, cycle=JUNE)

    assert rated.total_minor.tolist() == [amount]


def two_prices(peaks=(6_000, 3_000), **fields):
    """Price June with another price from the 11th on."""
    first = segment_of(demand(source="power", price="10", **fields), FIRST_TEN, cycle=JUNE)
    second = segment_of(demand(source="power", price="15", **fields), THE_REST, cycle=JUNE)
    use = {(i, "power"): engine.Totals(np.array([peak])) for i, peak in enumerate(peaks)}
    return engine.rate([first, second], use, [], currency="USD", n=1)


def test_a_price_that_changes_inside_a_cycle_bills_either_peak_by_days():
    """6 kW × 10 × 10/30 = 20.00; 3 kW × 15 × 20/30 = 30.00; June's peak is 6 kW"""
    rated = two_prices()

    assert rated.total_minor.tolist() == [50_00]
    assert rated.peaks["home", "demand"].tolist() == [6_000]


def test_a_whole_charge_is_billed_once_on_the_peak_of_the_cycle():
    """6 kW, although measured before the 11th, × 15 = 90.00"""
    assert lines(two_prices(proration="whole")) == [("demand", 6_000, 90_00)]


def test_the_mean_of_days_of_a_whole_cycle_takes_days_from_both_sides_of_a_change():
    """Daily peaks 8 and 2 kW before, 6 and 4 kW after: (8 + 6) ÷ 2 = 7 kW"""
    charge = demand(peak={"mean_of": 2}, proration="whole")
    parts = [days(date(2026, 6, d), date(2026, 6, d + 1)) for d in (1, 3)]
    cycle = days(date(2026, 6, 1), date(2026, 6, 4))
    segments = [segment_of(charge, part, cycle=cycle) for part in parts]
    values = at(192, {5: 2000, 100: 500}), at(192, {5: 1500, 100: 1000})
    use = {(i, "import"): engine.Intervals(parts[i].starts_at, 900, values[i]) for i in range(2)}

    rated = engine.rate(segments, use, [], currency="USD", n=1)

    assert watts(rated) == [7_000]
    assert rated.peaks["home", "demand"].tolist() == [7_000]


def test_seasons_of_a_whole_charge_share_the_cycle_by_days():
    """
    16 May to 14 June, 30 days: winter until 31 May, 16 days, 9 kW × 10 × 16/30 = 48.00;
    summer, 14 days, 6 kW × 30 × 14/30 = 84.00
    """
    period = days(date(2026, 5, 16), date(2026, 6, 14))
    prices = [{"season": "winter", "price": "10"}, {"season": "summer", "price": "30"}]
    values = at(period.seconds // 900, {5: 2250, 2800: 1500})

    rated = bill(demand(prices=prices, proration="whole"), values, period, seasons=SEASONS)

    assert [line[2] for line in lines(rated)] == [48_00, 84_00]


# Registers


BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
BY_BAND = [{"band": "day", "price": "12"}, {"band": "night", "price": "4"}]


def of_registers(charge, registers, **tariff):
    segment = segment_of({**charge, "source": "power"}, JUNE, **tariff)
    use = {(0, "power"): engine.Registers({k: np.array([v]) for k, v in registers.items()})}
    return engine.rate([segment], use, [], currency="USD", n=1)


def test_registers_keep_the_peak_of_each_band():
    """7 kW × 12 = 84.00; 5 kW × 4 = 20.00"""
    rated = of_registers(demand(prices=BY_BAND), {"day": 7_000, "night": 5_000}, bands=BANDS)

    assert lines(rated) == [("demand", 7_000, 84_00), ("demand", 5_000, 20_00)]


def test_without_bands_the_greatest_register_is_the_peak():
    rated = of_registers(demand(), {"day": 7_000, "night": 5_000}, bands=BANDS)

    assert watts(rated) == [7_000]


def test_a_register_of_other_bands_is_refused():
    with pytest.raises(UsageError, match="registers day, dusk are not its bands day, night"):
        of_registers(demand(prices=BY_BAND), {"day": 1, "dusk": 1}, bands=BANDS)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"prices": BY_BAND}, "a register for each of them is needed"),
        ({"peak": "daily"}, "needs readings, not a register"),
        ({"peak": {"mean_of": 3}}, "needs readings, not a register"),
        ({"unit": "kVA", "with_reactive": "reactive"}, "needs readings, not a register"),
    ],
)
def test_one_register_cannot_tell_bands_days_or_a_reactive_part(fields, says):
    segment = segment_of(demand(source="power", **fields), JUNE, bands=BANDS)
    use = {(0, key): engine.Totals(np.array([1])) for key in ("power", "reactive")}

    with pytest.raises(UsageError, match=says):
        engine.rate([segment], use, [], currency="USD", n=1)


def test_a_total_of_energy_is_no_peak():
    tariff = definition(demand(), energy(price="1"))
    segment = engine.Segment(engine.parse(tariff), JUNE, JUNE, HERE)
    use = {(0, "import"): engine.Totals(np.array([100_000]))}

    with pytest.raises(UsageError, match="a total of 'import' is energy and has no peak"):
        engine.rate([segment], use, [], currency="USD", n=1)


def test_a_register_in_two_seasons_counts_in_both_by_their_days():
    """16 of 30 days × 10 and 14 of 30 days × 30 for 9 kW: 48.00 + 126.00"""
    period = days(date(2026, 5, 16), date(2026, 6, 14))
    prices = [{"season": "winter", "price": "10"}, {"season": "summer", "price": "30"}]

    rated = register(demand(prices=prices), 9_000, period, seasons=SEASONS)

    assert [line[2] for line in lines(rated)] == [48_00, 126_00]


# From one cycle to the next


def test_a_peak_is_carried_into_the_next_cycles():
    """January 100 kW; then 80 kW is billed for eleven months, and in the twelfth what is used"""
    charge, past, billed = demand(ratchet=EIGHTY, source="power"), {}, []
    months = [date(2026, m, 1) for m in range(1, 13)] + [date(2027, 1, 1), date(2027, 2, 1)]
    for first, after in pairwise(months):
        period = days(first, date.fromordinal(after.toordinal() - 1))
        segment = segment_of(charge, period)
        use = {(0, "power"): engine.Totals(np.array([100_000 if not billed else 10_000]))}
        rated = engine.rate([segment], use, [], currency="USD", n=1, past=past)
        billed.append(watts(rated)[-1])
        past = engine.carry(past, rated)

    assert billed == [100_000, *[80_000] * 11, 10_000]
    assert [day for day, _ in past["home"].peaks["demand"]] == months[:-1]


def test_a_cycle_rated_anew_replaces_its_peak_and_leaves_others_alone():
    other = {"shop": engine.Past(peaks={"demand": ((date(2026, 5, 1), np.array([5])),)})}
    first = engine.carry(other, register(demand(), 6_000, JUNE))

    again = engine.carry(first, register(demand(), 7_000, JUNE))

    assert [(d, int(w[0])) for d, w in again["home"].peaks["demand"]] == [(date(2026, 6, 1), 7_000)]
    assert again["shop"] is other["shop"]


def test_uses_that_a_condition_asks_for_are_carried():
    """30 days of 24 kWh by day and night; two tariffs of the same time count it once"""
    when = [{"use_of": "import", "unit": "kWh", "last_periods": 1, "above": "700"}]
    asks = definition(energy(price="1"), energy(code="more", price="1", when=when))
    delivers = definition(energy(price="1"), code="delivery")
    segments = [
        engine.Segment(engine.parse(tariff), JUNE, JUNE, HERE, key="home")
        for tariff in (asks, delivers)
    ]
    readings = engine.Intervals(JUNE.starts_at, 3600, np.full((1, 720), 1000, np.int16))
    use = {(0, "import"): readings, (1, "import"): readings}
    may = {"home": engine.Past(uses={"import": ((date(2026, 5, 1), np.array([700_000])),)})}

    rated = engine.rate(segments, use, [], currency="USD", n=1, past=may)
    past = engine.carry(may, rated)

    assert rated.uses["home", "import"].tolist() == [720_000]
    assert [(d, int(u[0])) for d, u in past["home"].uses["import"]] == [
        (date(2026, 5, 1), 700_000),
        (date(2026, 6, 1), 720_000),
    ]


def test_uses_that_no_condition_asks_for_are_not_summed():
    rated = bill(demand(), at(96, {}), days(date(2026, 6, 15), date(2026, 6, 15)))

    assert rated.uses == {}

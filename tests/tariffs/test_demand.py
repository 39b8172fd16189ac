"""Demand, worked by hand: which averages count, in which season, band and time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.periods import Period, local_day, local_days
from tariffs import engine
from tariffs.engine.errors import UsageError
from tests.tariffs.bills import HERE, days
from tests.tariffs.definitions import definition, energy
from tests.tariffs.demand import at, bill, demand, lines, segment_of, watts

DAY = days(date(2026, 6, 15), date(2026, 6, 15))  # a Monday
THREE_DAYS = days(date(2026, 6, 15), date(2026, 6, 17))
SLOTS = 96
KATHMANDU = ZoneInfo("Asia/Kathmandu")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
BANDS = {
    "peak": [{"from": "16:00", "to": "20:00"}],
    "off_peak": [{"from": "20:00", "to": "16:00"}],
}
BY_BAND = [{"band": "peak", "price": "12"}, {"band": "off_peak", "price": "4"}]
SEASONS = {
    "spring": [{"first": "01-01", "last": "06-15"}],
    "summer": [{"first": "06-16", "last": "12-31"}],
}
BY_SEASON = [{"season": "spring", "price": "9"}, {"season": "summer", "price": "30"}]


# Windows


@pytest.mark.parametrize(
    ("minutes", "rolling", "peak"),
    [
        (15, False, 16_000),  # 4 kWh in a quarter hour
        (15, True, 16_000),
        (30, False, 10_000),  # 1 + 4 kWh, or 3 + 2, in half an hour
        (30, True, 14_000),  # 4 + 3
        (60, False, 10_000),  # 1 + 4 + 3 + 2
        (60, True, 12_000),  # 4 + 3 + 2 + 3
    ],
)
def test_average_over_windows_by_the_clock_or_rolling(minutes, rolling, peak):
    ten = {40: 1000, 41: 4000, 42: 3000, 43: 2000, 44: 3000}  # from 10:00 on

    rated = bill(demand(minutes=minutes, rolling=rolling), at(SLOTS, ten), DAY)

    assert lines(rated) == [("demand", peak, peak // 100 * 100)]
    assert rated.peaks["home", "demand"].tolist() == [peak]


def test_demand_is_no_energy():
    """3 kWh in each of 24 hours are 72 kWh, and 3 kW: 3 × 10.00 = 30.00"""
    rated = bill(demand(), at(SLOTS, {}, elsewhere=750), DAY)

    assert lines(rated) == [("demand", 3_000, 30_00)]


def test_windows_follow_a_clock_that_is_five_hours_and_three_quarters_ahead():
    """10:00 to 11:00 in Kathmandu is 04:15 to 05:15 UTC: four quarter hours of 1 kWh are 4 kW"""
    period = local_day(date(2026, 6, 15), KATHMANDU)
    ten = dict.fromkeys(range(40, 44), 1000)

    rated = bill(demand(minutes=60), at(SLOTS, ten), period, zone=KATHMANDU)

    assert watts(rated) == [4_000]


@pytest.mark.parametrize(("day", "slots"), [(date(2026, 4, 5), 49), (date(2026, 10, 4), 47)])
def test_a_clock_that_moves_half_an_hour_cuts_a_window_short(day, slots):
    """
    Readings of 30 minutes; the clocks change at 02:00, after four of them. The fifth stands alone
    in its hour (01:30 to 02:00 again, or 02:30 to 03:00) and counts over the whole hour:
    third and fourth 1 + 2 = 3 kW; fifth 4 kW; sixth and seventh 2 + 1 = 3 kW
    """
    night = {2: 1000, 3: 2000, 4: 4000, 5: 2000, 6: 1000}
    period = local_day(day, LORD_HOWE)

    rated = bill(demand(minutes=60), at(slots, night), period, interval_s=1800, zone=LORD_HOWE)

    assert watts(rated) == [4_000]


@pytest.mark.parametrize(("day", "slots"), [(date(2026, 11, 1), 100), (date(2026, 3, 8), 92)])
def test_hours_stay_hours_when_the_clocks_change(day, slots):
    """
    01:00 to 02:00 are slots 4 to 7; the hour after it, 01:00 again or 03:00, slots 8 to 11.
    1 kWh in each of slots 6 to 9: 2 kW in either hour, 4 kW in the rolling one
    """
    readings = at(slots, dict.fromkeys(range(6, 10), 1000))
    period = days(day, day)

    assert watts(bill(demand(minutes=60), readings, period)) == [2_000]
    assert watts(bill(demand(minutes=60, rolling=True), readings, period)) == [4_000]


def test_half_a_window_at_the_edge_counts_over_its_full_minutes():
    """Moving in at 10:10 with readings of 5 minutes: 1 kWh up to 10:15 is 4 kW, not 12"""
    starts_at = datetime(2026, 6, 15, 14, 10, tzinfo=UTC)
    period = Period(starts_at, DAY.ends_at)
    values = at((period.seconds) // 300, {0: 1000})

    by_clock = bill(demand(), values, period, interval_s=300, cycle=DAY)
    rolling = bill(demand(rolling=True), values, period, interval_s=300, cycle=DAY)

    assert watts(by_clock) == watts(rolling) == [4_000]


def test_a_stretch_shorter_than_a_rolling_window_counts_over_its_full_minutes():
    """2 + 1 kWh in the last half hour of a day: 3 kW over an hour"""
    period = Period(datetime(2026, 6, 16, 3, 30, tzinfo=UTC), DAY.ends_at)
    values = at(2, {0: 2000, 1: 1000})

    assert watts(bill(demand(minutes=60, rolling=True), values, period, cycle=DAY)) == [3_000]


def test_a_day_of_half_an_hour_has_the_window_that_it_begins():
    """
    Up to 00:30 of the second day. The hour from 23:45 on is of the first day, that from 00:00 on
    of the second; either holds 2 + 1 kWh: 3 + 3 kW
    """
    period = Period(DAY.starts_at, datetime(2026, 6, 16, 4, 30, tzinfo=UTC))
    values = at(98, {40: 1000, 96: 2000, 97: 1000})
    charge = demand(minutes=60, rolling=True, peak="daily")

    assert watts(bill(charge, values, period, cycle=THREE_DAYS)) == [6_000]


# Bands, seasons, days


def test_each_band_has_its_own_peak_and_price():
    """peak 5 kW × 12 = 60.00; off-peak 7 kW × 4 = 28.00"""
    values = at(SLOTS, {64: 1250, 80: 1750})  # 16:00 and 20:00

    rated = bill(demand(prices=BY_BAND), values, DAY, bands=BANDS)

    assert lines(rated) == [("demand", 5_000, 60_00), ("demand", 7_000, 28_00)]
    assert [c.label["band"] for c in rated.columns] == ["peak", "off_peak"]
    assert rated.peaks["home", "demand"].tolist() == [7_000]


def test_a_window_that_reaches_over_the_edge_of_a_bill_counts_what_lies_in_it():
    """The band from 23:30 to 00:30 begins with half an hour: 2 kWh are 2 kW over 60 minutes"""
    bands = {"turn": [{"from": "23:30", "to": "00:30"}]}
    charge = demand(
        prices=[{"band": "turn", "price": "1"}], elsewhere="free", minutes=60, rolling=True
    )

    assert watts(bill(charge, at(SLOTS, {0: 2000, 2: 5000}), DAY, bands=bands)) == [2_000]


def test_a_window_counts_in_the_band_in_which_it_lies_wholly():
    """
    1 kWh in each quarter hour from 19:30 to 20:30: the rolling hour over the edge would be 4 kW,
    those before and after it are 2 kW each
    """
    values = at(SLOTS, dict.fromkeys(range(78, 82), 1000))
    charge = demand(prices=BY_BAND, minutes=60, rolling=True)

    assert watts(bill(charge, values, DAY, bands=BANDS)) == [2_000, 2_000]


def test_a_band_without_a_price_is_free_and_leaves_no_peak():
    values = at(SLOTS, {64: 1000, 80: 9000})
    charge = demand(prices=BY_BAND[:1], elsewhere="free")

    rated = bill(charge, values, DAY, bands=BANDS)

    assert lines(rated) == [("demand", 4_000, 48_00)]
    assert rated.peaks["home", "demand"].tolist() == [4_000]


def test_a_season_that_begins_inside_a_bill_has_its_own_peak_for_its_days():
    """
    15 June, spring: 8 kW × 9 × 1/3 = 24.00
    16 and 17 June, summer: 6 kW × 30 × 2/3 = 120.00
    """
    values = at(3 * SLOTS, {10: 2000, 200: 1500})

    rated = bill(demand(prices=BY_SEASON), values, THREE_DAYS, seasons=SEASONS)

    assert [line[2] for line in lines(rated)] == [24_00, 120_00]
    assert rated.columns[1].label == {
        "row": 1, "season": "summer", "slab": 0, "days": 2, "cycle_days": 3,
    }  # fmt: skip


def test_a_bill_may_take_the_season_of_its_last_day():
    """8 kW × 30 = 240.00"""
    values = at(3 * SLOTS, {10: 2000, 200: 1500})
    charge = demand(prices=BY_SEASON)

    rated = bill(charge, values, THREE_DAYS, seasons=SEASONS, on_change="last_day")

    assert lines(rated) == [("demand", 8_000, 240_00)]
    assert rated.columns[0].label["seasons_on"] == "2026-06-17"


def test_the_season_of_the_last_day_holds_where_only_some_rows_have_one():
    """The peak of spring's 15 June is priced as summer's; off-peak has one price all year."""
    prices = [
        {"season": "spring", "band": "peak", "price": "9"},
        {"season": "summer", "band": "peak", "price": "30"},
        {"band": "off_peak", "price": "4"},
    ]
    values = at(3 * SLOTS, {64: 2000, 100: 1000})  # 16:00 on 15 June, 01:00 on the 16th
    tariff = {"seasons": SEASONS, "bands": BANDS, "on_change": "last_day"}

    rated = bill(demand(prices=prices), values, THREE_DAYS, **tariff)

    assert [(c.label["band"], c.amount_minor[0]) for c in rated.columns if c.shown[0]] == [
        ("peak", 240_00),
        ("off_peak", 16_00),
    ]


def test_daily_peaks_are_due_each_day():
    """(2 + 6 + 4) kW × 0.50 = 6.00"""
    values = at(3 * SLOTS, {5: 500, 96: 1500, 100: 1400, 200: 1000})

    rated = bill(demand(peak="daily", price="0.50"), values, THREE_DAYS)

    assert lines(rated) == [("demand", 12_000, 6_00)]
    assert rated.columns[0].label == {"row": 0, "slab": 0, "peak": "daily", "per": "day"}


@pytest.mark.parametrize(("days_of", "peak"), [(1, 6_004), (2, 5_004), (3, 4_003), (9, 4_003)])
def test_mean_of_the_greatest_days_is_rounded_half_up_to_watts(days_of, peak):
    """Daily peaks 6.004, 4.004 and 2.000 kW; of all three 12,008 ÷ 3 = 4,002.67 W"""
    values = at(3 * SLOTS, {5: 500, 96: 1501, 100: 1400, 200: 1001})

    assert watts(bill(demand(peak={"mean_of": days_of}), values, THREE_DAYS)) == [peak]


@pytest.mark.parametrize("clock", ["wall", "standard"])
@pytest.mark.parametrize("last", [1, 31])
def test_a_bill_has_as_many_daily_peaks_as_days_whatever_the_clock(clock, last):
    """By standard time 00:00 to 01:00 in July is of the day before, of which a bill has the rest"""
    period = days(date(2026, 7, 1), date(2026, 7, last))
    values = at(last * SLOTS, {}, elsewhere=250)

    assert watts(bill(demand(peak="daily"), values, period, clock=clock)) == [last * 1000]


def test_bands_of_daily_peaks_follow_the_standard_clock():
    """16:00 by standard time is 17:00 on the wall; 12 × 4 kW + 4 × 12 kW"""
    values = at(SLOTS, {67: 3000, 68: 1000})
    charge = demand(peak="daily", prices=BY_BAND)

    rated = bill(charge, values, DAY, clock="standard", bands=BANDS)

    assert lines(rated) == [("demand", 4_000, 48_00), ("demand", 12_000, 48_00)]


# kVA


def test_apparent_power_of_active_and_reactive_energy():
    """
    3 kWh and 4 kvarh in a quarter hour: 4 × √(9 + 16) = 20 kVA; 4 kWh alone are 16 kVA
    20 × 10.00 = 200.00
    """
    values, reactive = at(SLOTS, {10: 3000, 20: 4000}), at(SLOTS, {10: 4000})
    charge = demand(unit="kVA", with_reactive="reactive")

    assert lines(bill(charge, values, DAY, reactive=reactive)) == [("demand", 20_000, 200_00)]


@pytest.mark.parametrize(
    ("active", "reactive", "apparent"),
    [(1, 1, 6), (1, 2, 9), (2, 3, 14), (0, 5, 20)],  # 4√2 = 5.66, 4√5 = 8.94, 4√13 = 14.42
)
def test_the_root_is_rounded_half_up_once(active, reactive, apparent):
    charge = demand(unit="kVA", with_reactive="reactive")

    rated = bill(charge, at(SLOTS, {7: active}), DAY, reactive=at(SLOTS, {7: reactive}))

    assert rated.peaks["home", "demand"].tolist() == [apparent]


def test_kva_of_a_channel_that_measures_it():
    rated = bill(demand(unit="kVA", source="import"), at(SLOTS, {7: 1500}), DAY)

    assert (watts(rated), rated.columns[0].unit) == ([6_000], "kVA")


# Many accounts


VARIANTS = [
    {},
    {"minutes": 60},
    {"minutes": 30, "rolling": True},
    {"peak": "daily"},
    {"peak": {"mean_of": 2}},
    {"prices": BY_BAND},
    {"prices": BY_BAND, "minutes": 60, "rolling": True},
    {"unit": "kVA", "with_reactive": "reactive", "minutes": 30},
    {"slabs": [{"up_to": "5", "price": "1"}, {"price": "2"}], "floor": "3"},
]


@pytest.mark.parametrize("fields", VARIANTS)
def test_a_batch_has_the_bills_of_its_accounts(fields):
    values = random_readings(600)
    reactive = values[::-1].copy() if "with_reactive" in fields else None

    together = bill(demand(**fields), values, THREE_DAYS, reactive=reactive, bands=BANDS)

    for account in (0, 255, 256, 599):
        mine = slice(account, account + 1)
        other = None if reactive is None else reactive[mine]
        alone = bill(demand(**fields), values[mine], THREE_DAYS, reactive=other, bands=BANDS)
        assert lines(together, account) == lines(alone)


@pytest.mark.parametrize("fields", VARIANTS)
def test_every_type_of_reading_gives_the_same(fields):
    values = random_readings(3)
    reactive = values[::-1].copy() if "with_reactive" in fields else None

    totals = [
        bill(
            demand(**fields),
            values.astype(kind),
            THREE_DAYS,
            reactive=None if reactive is None else reactive.astype(kind),
            bands=BANDS,
        ).total_minor.tolist()
        for kind in (np.int16, np.uint16, np.int32, np.int64)
    ]

    assert totals == [totals[0]] * 4


def random_readings(n):
    return np.random.default_rng(7).integers(0, 3000, (n, 3 * SLOTS)).astype(np.int16)


@pytest.mark.parametrize("rolling", [False, True])
def test_sixteen_bits_do_not_overflow(rolling):
    """32,767 Wh in each of four quarter hours: 131,068 W"""
    values = np.full((1, SLOTS), 2**15 - 1, np.int16)

    assert watts(bill(demand(minutes=60, rolling=rolling), values, DAY)) == [131_068]


# Refused


@pytest.mark.parametrize(
    ("fields", "values", "interval_s", "says"),
    [
        ({"minutes": 15}, at(48, {}), 1800, "over 15 minutes cannot be made of readings of 1800 s"),
        ({"minutes": 30}, at(72, {}), 1200, "over 30 minutes cannot be made of readings of 1200 s"),
        ({}, at(SLOTS, {3: -1}), 900, "account 0, slot 3: negative or missing"),
        ({}, at(SLOTS, {3: 2**30}).astype(np.int64) * 2**12, 900, "slot 3: too great for a demand"),
        ({}, at(SLOTS, {}).astype(float), 900, "whole base units"),
        ({}, at(SLOTS - 1, {}), 900, "does not cover"),
        ({"unit": "kVA", "with_reactive": "reactive"}, at(SLOTS, {}), 900, "no use of 'reactive'"),
    ],
)
def test_readings_that_give_no_averages_are_refused(fields, values, interval_s, says):
    with pytest.raises(UsageError, match=says):
        bill(demand(**fields), values, DAY, interval_s=interval_s)


def test_a_reading_over_the_edge_of_a_window_is_refused():
    """Readings of 20 minutes that begin ten past the hour; rolling windows take them"""
    period = Period(DAY.starts_at.replace(minute=10), DAY.ends_at.replace(hour=3, minute=50))
    values = at(71, {4: 1000})

    with pytest.raises(UsageError, match="crosses the edge of a window of 20 minutes"):
        bill(demand(minutes=20), values, period, interval_s=1200, cycle=DAY)
    rolling = demand(minutes=20, rolling=True, basis="day")
    assert bill(rolling, values, period, interval_s=1200).peaks["home", "demand"] == [3_000]


def test_active_and_reactive_readings_must_be_of_the_same_times():
    charge = demand(unit="kVA", with_reactive="reactive")
    segment = segment_of(charge, DAY)
    use = {
        (0, "import"): engine.Intervals(DAY.starts_at, 900, at(SLOTS, {})),
        (0, "reactive"): engine.Intervals(DAY.starts_at, 1800, at(48, {})),
    }

    with pytest.raises(UsageError, match="are not of the same times"):
        engine.rate([segment], use, [], currency="USD", n=1)


# The readings behind a line


def behind(fields, values, *, reactive=None, row=0, **tariff):
    segment = segment_of(demand(**fields), THREE_DAYS, **tariff)
    use = {(0, "import"): engine.Intervals(THREE_DAYS.starts_at, 900, values)}
    if reactive is not None:
        use[0, "reactive"] = engine.Intervals(THREE_DAYS.starts_at, 900, reactive)
    rated = engine.rate([segment], use, [], currency="USD", n=1)
    column = [c for c in rated.columns if c.label["row"] == row][-1]
    mask = engine.intervals_behind(segment, column, use[0, "import"], use.get((0, "reactive")))
    return np.flatnonzero(mask).tolist()


def test_the_readings_behind_a_peak():
    values = at(3 * SLOTS, {42: 3000, 43: 2000, 150: 4000, 64: 1000})

    assert behind({}, values) == [150]
    assert behind({"minutes": 30}, values) == [42, 43]
    assert behind({"minutes": 30, "rolling": True}, values) == [42, 43]
    assert behind({"peak": "daily"}, values) == [42, 150]
    assert behind({"peak": {"mean_of": 1}}, values) == [150]
    assert behind({"prices": BY_BAND}, values, bands=BANDS) == [64]
    assert behind({"prices": BY_SEASON}, values, seasons=SEASONS, row=1) == [150]
    last_day = {"seasons": SEASONS, "on_change": "last_day"}
    assert behind({"prices": BY_SEASON}, values, row=1, **last_day) == [150]


def test_the_readings_behind_an_apparent_power():
    values, reactive = at(3 * SLOTS, {10: 3000, 20: 4000}), at(3 * SLOTS, {10: 4000})

    found = behind({"unit": "kVA", "with_reactive": "reactive"}, values, reactive=reactive)

    assert found == [10]


@pytest.mark.parametrize(
    ("peak", "found"),
    [
        ("greatest", ([42], [])),
        ({"mean_of": 2}, ([42], [100])),
    ],
)
def test_behind_a_demand_of_the_whole_cycle_are_the_peaks_of_all_its_parts(peak, found):
    """The price changes on the second day, and the last part bears the peak of the first."""
    parts = THREE_DAYS.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])
    charge = demand(peak=peak, proration="whole")
    segments = [
        segment_of(charge | {"price": p}, part, cycle=THREE_DAYS)
        for part, p in zip(parts, "12", strict=True)
    ]
    values = at(SLOTS, {42: 3000}), at(2 * SLOTS, {30: 1000, 100: 2000})
    use = [engine.Intervals(p.starts_at, 900, v) for p, v in zip(parts, values, strict=True)]
    rated = engine.rate(
        segments, {(i, "import"): u for i, u in enumerate(use)}, [], currency="USD", n=1
    )

    (column,) = [column for column in rated.columns if column.shown[0]]
    masks = engine.peaks_behind(
        [engine.Measured(*each) for each in zip(segments, use, strict=True)], column
    )

    assert column.segment == 1
    assert tuple(np.flatnonzero(mask).tolist() for mask in masks) == found


def test_behind_a_demand_of_the_whole_cycle_windows_are_those_of_the_last_tariff():
    """The first part was priced by the hour; its peak of a quarter counts under the second."""
    parts = THREE_DAYS.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])
    charges = [demand(minutes=minutes, proration="whole") for minutes in (60, 15)]
    segments = [
        segment_of(charge, part, cycle=THREE_DAYS)
        for charge, part in zip(charges, parts, strict=True)
    ]
    values = at(SLOTS, {42: 3000}), at(2 * SLOTS, {30: 1000})
    use = [engine.Intervals(p.starts_at, 900, v) for p, v in zip(parts, values, strict=True)]
    given = {(i, "import"): each for i, each in enumerate(use)}
    rated = engine.rate(segments, given, [], currency="USD", n=1)

    (column,) = [column for column in rated.columns if column.shown[0]]
    masks = engine.peaks_behind(
        [engine.Measured(*each) for each in zip(segments, use, strict=True)], column
    )

    assert [np.flatnonzero(mask).tolist() for mask in masks] == [[42], []]


def test_behind_a_demand_of_the_whole_cycle_bands_are_those_of_the_last_tariff():
    """The peak hours moved from the morning to the evening with the second tariff."""
    parts = THREE_DAYS.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])
    charge = demand(prices=BY_BAND, proration="whole")
    hours = [("08:00", "12:00"), ("16:00", "20:00")]
    segments = [
        segment_of(charge, part, cycle=THREE_DAYS, bands=bands_at(*each))
        for each, part in zip(hours, parts, strict=True)
    ]
    values = at(SLOTS, {36: 9000, 68: 3000}), at(2 * SLOTS, {68: 1000})  # 09:00 and 17:00
    use = [engine.Intervals(p.starts_at, 900, v) for p, v in zip(parts, values, strict=True)]
    given = {(i, "import"): each for i, each in enumerate(use)}
    rated = engine.rate(segments, given, [], currency="USD", n=1)

    column = next(c for c in rated.columns if c.shown[0] and c.label["band"] == "peak")
    masks = engine.peaks_behind(
        [engine.Measured(*each) for each in zip(segments, use, strict=True)], column
    )

    assert [np.flatnonzero(mask).tolist() for mask in masks] == [[68], []]


def bands_at(starts: str, ends: str) -> dict:
    return {"peak": [{"from": starts, "to": ends}], "off_peak": [{"from": ends, "to": starts}]}


def test_the_peaks_behind_a_line_are_those_of_one_account():
    rated = bill(demand(), at(SLOTS, {42: 3000}), DAY)
    use = engine.Intervals(DAY.starts_at, 900, np.repeat(at(SLOTS, {42: 3000}), 2, axis=0))
    measured = engine.Measured(segment_of(demand(), DAY), use)

    with pytest.raises(UsageError, match="those of one account"):
        engine.peaks_behind([measured], rated.columns[0])


def test_what_is_no_demand_has_no_peaks_behind_it():
    rated = bill(demand(), at(SLOTS, {42: 3000}), DAY)
    other = engine.parse(definition(energy(price="1")))
    use = engine.Intervals(DAY.starts_at, 900, at(SLOTS, {}))
    measured = engine.Measured(engine.Segment(other, DAY, DAY, HERE), use)

    with pytest.raises(UsageError, match="demand is no demand of tariff test-tariff"):
        engine.peaks_behind([measured], rated.columns[0])


def test_no_reading_stands_behind_a_demand_of_nothing():
    assert behind({"floor": "5"}, at(3 * SLOTS, {})) == []


# Energy that is priced by demand


def test_slabs_of_energy_follow_the_billing_demand():
    """
    2 kW peak, floor 5 kW; bounds of 10 kWh for each kW of it: 50 kWh at 1, 10 kWh at 2
    50.00 + 20.00 + 5 × 10.00
    """
    tariff = definition(
        demand(floor="5"),
        energy(
            slabs=[{"up_to": "10", "price": "1"}, {"price": "2"}], slab_times={"demand": "demand"}
        ),
    )
    period = local_days(date(2026, 6, 15), date(2026, 6, 15), HERE)
    values = np.full((1, SLOTS), 625)
    segment = engine.Segment(engine.parse(tariff), period, period, HERE)
    use = {(0, "import"): engine.Intervals(period.starts_at, 900, values)}

    rated = engine.rate([segment], use, [], currency="USD", n=1)

    assert rated.total_minor.tolist() == [50_00 + 20_00 + 50_00]

"""How wide slabs are in bills of any length, and that parts of them add up."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tariffs import engine
from tests.tariffs.bills import HERE, amounts, days, priced, total
from tests.tariffs.definitions import definition, energy, slabs

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
JULY = days(date(2026, 7, 1), date(2026, 7, 31))
TWO_MONTHS = days(date(2026, 6, 15), date(2026, 8, 14))
FULL = {"from": 25, "to": 35}
MUCH = 10**9


def june(first, last):
    return days(date(2026, 6, first), date(2026, 6, last))


def bound(period, cycle=None, **fields):
    """Return the base units that lie below a bound of 300 kWh."""
    tariff = definition(energy(slabs=slabs(("300", "1"), (None, "2")), **fields))
    rated = priced(tariff, {"import": MUCH}, period, cycle=cycle)
    return int(rated.columns[0].quantity[0])


@pytest.mark.parametrize(
    ("width", "period", "cycle", "expected"),
    [
        ("30_days", JUNE, JUNE, 300_000),
        ("30_days", JULY, JULY, 310_000),
        ("30_days", june(1, 7), JUNE, 70_000),
        ("year", JUNE, JUNE, 24_658),  # 300,000 × 30 ÷ 365 = 24,657.53
        ("year", days(date(2026, 1, 1), date(2026, 12, 31)), None, 300_000),
        ("year", days(date(2024, 1, 1), date(2024, 12, 31)), None, 300_822),  # × 366 ÷ 365
        ("months", JUNE, JUNE, 300_000),
        ("months", TWO_MONTHS, TWO_MONTHS, 600_000),
        ("months", days(date(2026, 6, 15), date(2026, 7, 14)), TWO_MONTHS, 295_082),  # × 30 ÷ 61
        ("months", days(date(2026, 2, 1), date(2026, 2, 28)), None, 300_000),
        ("prorate", june(1, 7), JUNE, 70_000),
        ("whole", june(1, 7), JUNE, 300_000),
        ("per_day", june(1, 7), JUNE, 2_100_000),
    ],
)
def test_width_of_a_slab(width, period, cycle, expected):
    assert bound(period, cycle, slab_width=width) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 6, 1), date(2026, 7, 2)),
        (date(2026, 6, 15), date(2026, 7, 30)),  # up to the last day of July
        (date(2026, 1, 30), date(2026, 2, 27)),  # from the last day but one up to the last one
    ],
)
def test_bounds_per_month_need_a_cycle_of_whole_months(first, last):
    odd = days(first, last)

    with pytest.raises(engine.UsageError, match="charge energy is stated per month"):
        bound(odd, slab_width="months")


def test_the_last_days_of_months_are_a_month_apart():
    """A cycle from 30 November up to 31 December, the day without."""
    assert bound(days(date(2026, 11, 30), date(2026, 12, 30)), slab_width="months") == 300_000


@pytest.mark.parametrize(
    ("width", "period", "cycle", "expected"),
    [
        ("30_days", JULY, JULY, 300_000),  # 31 days are as good as a month
        ("30_days", days(date(2026, 6, 1), date(2026, 7, 10)), None, 400_000),  # 40 are not
        ("prorate", june(1, 25), JUNE, 300_000),
        ("prorate", june(1, 24), JUNE, 240_000),
        ("whole", june(1, 24), JUNE, 300_000),
        ("months", june(1, 25), JUNE, 300_000),
    ],
)
def test_a_bill_of_nearly_a_month_has_whole_slabs(width, period, cycle, expected):
    assert bound(period, cycle, slab_width=width, whole_days=FULL) == expected


def rated_in_parts(charge, cycle, cut, used, first=None):
    """Rate what is cut in two after a day; the use is for each part."""
    tariff = engine.parse(definition(charge))
    start = first or cycle.starts_at
    whole = days((start.astimezone(HERE)).date(), date(2026, 6, 30))
    parts = whole.cut([cut])
    segments = [engine.Segment(tariff, part, cycle, HERE, key="a") for part in parts]
    usage = {(i, "import"): engine.Totals(np.array([used])) for i in range(len(parts))}
    return engine.rate(segments, usage, [], currency="USD", n=1)


@pytest.mark.parametrize("width", ["prorate", "30_days", "year", "months", "per_day"])
@pytest.mark.parametrize("with_band", [False, True])
def test_a_cut_on_any_day_leaves_the_whole_width(width, with_band):
    if with_band and width in ("per_day", "year"):
        return
    fields = {"slab_width": width} | ({"whole_days": FULL} if with_band else {})
    charge = energy(slabs=slabs(("100", "1"), ("333.333", "2"), (None, "3")), **fields)
    whole = priced(definition(charge), {"import": MUCH}, JUNE).columns

    for day in range(2, 31):
        cut = june(day, day).starts_at
        parts = rated_in_parts(charge, JUNE, cut, MUCH).columns

        for slab in (0, 1):
            both = sum(int(c.quantity[0]) for c in parts if c.label["slab"] == slab)
            assert abs(both - int(whole[slab].quantity[0])) <= 1


def test_whole_days_count_what_the_agreement_is_billed_not_the_part():
    """26 days billed, cut into 10 and 16: 300 × 10 ÷ 26 and 300 × 16 ÷ 26"""
    charge = energy(slabs=slabs(("300", "1"), (None, "2")), whole_days=FULL)

    rated = rated_in_parts(charge, JUNE, june(15, 15).starts_at, MUCH, first=june(5, 5).starts_at)

    bounds = [c for c in rated.columns if c.label["slab"] == 0]
    assert [int(c.quantity[0]) for c in bounds] == [115_385, 184_615]
    assert [(c.label["days"], c.label["cycle_days"]) for c in bounds] == [(10, 26), (16, 26)]


def test_seasons_take_their_days_of_the_width():
    """10 of 30 days early: 100 kWh; 20 late: 200 kWh"""
    rows = [
        {"season": name, "slabs": slabs(("300", "1"), (None, "2"))} for name in ("early", "late")
    ]
    tariff = definition(
        energy(prices=rows, slab_width="30_days"),
        seasons={
            "early": [{"first": "01-01", "last": "06-10"}],
            "late": [{"first": "06-11", "last": "12-31"}],
        },
    )

    rated = priced(tariff, {"import": MUCH}, JUNE)

    assert [int(c.quantity[0]) for c in rated.columns if c.label["slab"] == 0] == [
        100_000,
        200_000,
    ]


def test_a_cycle_without_a_whole_day_cannot_be_shared_out():
    start = JUNE.starts_at
    hours = type(JUNE)(start, start + timedelta(hours=4))

    with pytest.raises(engine.UsageError, match="no whole day"):
        bound(hours)


def test_a_bound_beyond_what_can_be_used_is_no_bound():
    """9,999,999,999 kgal a day, through three years: more than 64 bits hold."""
    rows = slabs(("9999999999", "1"), (None, "2"))
    tariff = definition(energy(unit="kgal", slabs=rows, slab_width="per_day"))
    years = days(date(2023, 1, 1), date(2025, 12, 31))

    assert priced(tariff, {"import": 5_000_000}, years).total_minor == [5_00]


def test_bounds_of_many_dwellings_stop_where_64_bits_do():
    """10 million kgal for 10 million dwellings on a day; the bounds above them are beyond 64 bits"""
    rows = slabs(("1", "1"), ("9999999997", "2"), ("9999999998", "3"), ("9999999999", "4"))
    charge = energy(
        unit="kgal",
        slabs=[*rows, {"price": "5"}],
        slab_width="per_day",
        slab_times={"attribute": "dwellings"},
    )
    use = {"import": 10**13 + 1_000_000, "@dwellings": 10**7 * 1000}

    rated = priced(definition(charge), use, june(1, 1))

    assert [int(column.quantity[0]) for column in rated.columns] == [10**13, 10**6, 0, 0, 0]


def test_a_bound_for_each_day_may_be_finer_than_the_meter():
    """
    22.1918 kWh a day: × 58 days = 1,287.1244 kWh, to whole Wh 1,287.124
    1,287.124 × 0.10 = 128.7124; 212.876 × 0.20 = 42.5752
    """
    written = definition(
        energy(slabs=slabs(("22.1918", "0.10"), (None, "0.20")), slab_width="per_day")
    )

    rated = total(written, 1_500_000, days(date(2026, 5, 1), date(2026, 6, 27)))

    assert [int(c.quantity[0]) for c in rated.columns] == [1_287_124, 212_876]
    assert amounts(rated) == {"energy/slab 0": 128_71, "energy/slab 1": 42_58}

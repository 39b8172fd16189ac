"""Percentages of named bases and in bands, worked by hand."""

from __future__ import annotations

import pytest

from tests.tariffs.cycles import FIRST, SECOND, assert_batch_is_single, bill, line, lines, part
from tests.tariffs.definitions import definition, energy, fixed


def percent(code, *of, **fields):
    return {"code": code, "kind": "percent", "purpose": "surcharge", "of": list(of), **fields}


BANDS = [{"up_to": "50", "percent": "2"}, {"up_to": "80.00", "percent": "0"}, {"percent": "10"}]


@pytest.mark.parametrize(
    ("price", "surcharges"),
    [
        ("40", [80]),
        ("50", [1_00]),
        ("60", [1_00]),
        ("80", [1_00]),
        ("93.45", [1_00, 1_35]),  # 10 % of 13.45 = 1.345
    ],
)
def test_each_band_takes_its_part_of_the_amount(price, surcharges):
    rated = bill(part(definition(fixed(price), percent("levy", "service", bands=BANDS))))

    assert [amount for _, code, amount in lines(rated) if code == "levy"] == surcharges


def test_a_line_tells_the_bounds_of_its_band_in_minor_units():
    rated = bill(part(definition(fixed("93.45"), percent("levy", "service", bands=BANDS))))

    columns = [column for column in rated.columns if column.charge == "levy"]
    assert [column.quantity[0] for column in columns] == [50_00, 30_00, 13_45]
    assert [column.label for column in columns] == [
        {"percent": 2 * 10**8, "slab": 0, "lower": 0, "upper": 50_00, "of": ["service"]},
        {"percent": 0, "slab": 1, "lower": 50_00, "upper": 80_00, "of": ["service"]},
        {"percent": 10 * 10**8, "slab": 2, "lower": 80_00, "upper": None, "of": ["service"]},
    ]


def test_a_discount_in_bands_lowers_the_bill():
    """2 % of 50.00 and 10 % of 13.45"""
    rated = bill(
        part(definition(fixed("93.45"), percent("off", "service", purpose="discount", bands=BANDS)))
    )

    assert lines(rated)[1:] == [(0, "off", -1_00), (0, "off", -1_35)]


def test_a_base_below_zero_climbs_the_bands_downwards():
    """-93.45: 2 % of -50.00 and 10 % of -13.45, the mirror image of a bill"""
    sun = {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.9345"}

    rated = bill(part(definition(sun, percent("levy", "sun", bands=BANDS)), export=100_000))

    assert lines(rated) == [(0, "sun", -93_45), (0, "levy", -1_00), (0, "levy", -1_35)]


def test_one_open_band_is_one_percentage():
    for fields in ({"percent": "7.5"}, {"bands": [{"percent": "7.5"}]}):
        rated = bill(part(definition(fixed("33.33"), percent("levy", "service", **fields))))
        assert rated.total_minor == [33_33 + 2_50]


def test_a_base_stands_for_its_charges_and_for_bases_above_it():
    """delivery = 10.00 + 20.00, everything = 35.00: 1 % = 0.30, 10 % = 3.50"""
    written = definition(
        fixed("10", code="wires"),
        fixed("20", code="pipes"),
        fixed("5", code="meter"),
        percent("small", "delivery", percent="1"),
        percent("great", "everything", "wires", percent="10"),
        bases={"delivery": ["wires", "pipes"], "everything": ["delivery", "meter", "wires"]},
    )

    rated = bill(part(written))

    assert lines(rated)[3:] == [(0, "small", 30), (0, "great", 3_50)]
    assert line(rated, "great").label["of"] == ["wires", "pipes", "meter"]


def test_a_base_may_hold_percentages_minimums_and_credits():
    """10.00, 10 % off = -1.00, credit -2.00, up to 20.00 = 13.00: half of 20.00 = 10.00"""
    written = definition(
        percent("half", "all", percent="50"),
        {"code": "least", "kind": "minimum", "price": "20", "of": ["paid"]},
        {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.10"},
        percent("off", "service", percent="10", purpose="discount"),
        fixed("10"),
        bases={"paid": ["service", "off", "sun"], "all": ["paid", "least"]},
    )

    rated = bill(part(written, export=20_000))

    assert sorted(lines(rated)) == [
        (0, "half", 10_00),
        (0, "least", 13_00),
        (0, "off", -1_00),
        (0, "service", 10_00),
        (0, "sun", -2_00),
    ]


def test_each_part_takes_its_own_percentage():
    """10.00 × 15 / 30 = 5.00 twice: 10 % and 20 %"""
    parts = [
        part(definition(fixed("10"), percent("levy", "service", percent=rate)), period)
        for rate, period in (("10", FIRST), ("20", SECOND))
    ]

    assert [each for each in lines(bill(*parts)) if each[1] == "levy"] == [
        (0, "levy", 50),
        (1, "levy", 1_00),
    ]


def test_of_exact_amounts_a_percentage_is_exact():
    """
    Three lines of 0.0049 each print 0.00 and come to 0.0147.
    Half of that is 0.00735: printed 0.01; in all 0.02205 = 0.02
    """
    small = [energy(code=f"e{i}", price="0.0049") for i in range(3)]
    half = percent("half", "e0", "e1", "e2", percent="50")

    rounded = bill(part(definition(*small, half), **{"import": 1_000}))
    exact = bill(part(definition(*small, half, total={"round": "once"}), **{"import": 1_000}))

    assert rounded.total_minor == [0]
    assert (0, "half", 1) in lines(exact)
    assert exact.total_minor == [2]


def test_accounts_side_by_side_have_their_own_bands():
    written = definition(energy(price="1"), percent("levy", "energy", bands=BANDS))
    use = [0, 40_000, 50_000, 93_450]

    rated = bill(part(written, **{"import": use}), n=4)

    assert rated.total_minor.tolist() == [0, 40_80, 51_00, 95_80]
    assert_batch_is_single(rated, [bill(part(written, **{"import": one})) for one in use])


EXACT = {"round": "once"}


def test_half_a_cent_of_an_exact_base_is_told_as_a_cent():
    """10 % of 0.125, told as of 0.13"""
    levy = percent("levy", "service", percent="10")

    rated = bill(part(definition(fixed("0.125"), levy, total=EXACT)))

    assert line(rated, "levy").quantity.tolist() == [13]


def test_bands_take_the_parts_of_an_exact_base_below_a_cent_too():
    """0.004 + 50 % of it = 0.006 = 0.01"""
    bands = [{"up_to": "50", "percent": "50"}, {"percent": "0"}]
    levy = percent("levy", "service", bands=bands)

    assert bill(part(definition(fixed("0.004"), levy, total=EXACT))).total_minor == [1]

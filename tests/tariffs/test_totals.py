"""How a total is rounded, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Rounding
from tariffs import engine
from tests.tariffs.bills import HERE
from tests.tariffs.cycles import (
    FIRST,
    JUNE,
    SECOND,
    assert_batch_is_single,
    bill,
    line,
    lines,
    part,
)
from tests.tariffs.definitions import definition, energy, fixed, slabs


def amounts(*prices, **fields):
    """Return charges of these amounts."""
    charges = [fixed(price, code=f"c{i}") for i, price in enumerate(prices)]
    return definition(*charges, **fields)


def test_a_total_is_the_sum_of_rounded_lines():
    """0.004 three times prints 0.00 three times"""
    assert bill(part(amounts("0.004", "0.004", "0.004"))).total_minor == [0]


def test_a_total_that_is_rounded_once_has_a_line_for_the_difference():
    """0.004 three times = 0.012 = 0.01"""
    rated = bill(part(amounts("0.004", "0.004", "0.004", total={"round": "once"})))

    assert rated.total_minor == [1]
    assert lines(rated)[-1] == (-1, "rounding", 1)
    found = line(rated, "rounding")
    assert (found.kind, found.unit, found.tax_class) == ("rounding", "money", "none")
    assert (found.quantity[0], found.quantity_scale, found.unit_price) == (1, 100, 10**8)


def test_a_difference_may_lower_the_total():
    """0.006 three times prints 0.03 and is 0.018 = 0.02"""
    rated = bill(part(amounts("0.006", "0.006", "0.006", total={"round": "once"})))

    assert lines(rated)[-1] == (-1, "rounding", -1)


def test_no_difference_is_no_line():
    rated = bill(part(amounts("1.10", "2.20", total={"round": "once", "to": "0.05"})))

    assert [code for _, code, _ in lines(rated)] == ["c0", "c1"]


@pytest.mark.parametrize(
    ("price", "rounding", "total"),
    [
        ("10.02", "half_up", 10_00),
        ("10.03", "half_up", 10_05),
        ("10.04", "down", 10_00),
        ("10.01", "up", 10_05),
        ("10.03", "half_even", 10_05),
    ],
)
def test_to_five_cents(price, rounding, total):
    rule = {"to": "0.05", "rounding": rounding}

    assert bill(part(amounts(price, total=rule))).total_minor == [total]


@pytest.mark.parametrize(
    ("rounding", "total"), [("half_up", 11_00), ("half_even", 10_00), ("down", 10_00)]
)
def test_half_of_the_step(rounding, total):
    """10.50 to whole euros"""
    assert bill(part(amounts("10.50", total={"to": "1", "rounding": rounding}))).total_minor == [
        total
    ]


def test_truncating_cuts_off_what_is_finer_than_a_cent():
    """0.999 + 0.999 = 1.998"""
    rule = {"round": "once", "rounding": "down"}

    assert bill(part(amounts("0.999", "0.999", total=rule))).total_minor == [1_99]


def test_a_bill_below_zero_is_rounded_as_its_mirror_image():
    """-10.03 to 0.05"""
    sun = {"code": "sun", "kind": "credit", "unit": "kWh", "price": "10.03"}

    assert bill(part(definition(sun, total={"to": "0.05"}), export=1_000)).total_minor == [-10_05]


def test_a_currency_without_minor_units():
    """1.4 + 1.4 + 1.4 = 4.2 yen, to 5"""
    rule = {"round": "once", "to": "5"}

    assert bill(part(amounts("1.4", "1.4", "1.4", total=rule, currency="JPY"))).total_minor == [5]


def test_a_currency_with_three_digits():
    """1.0004 + 1.0004 = 2.0008 dinars = 2.001, to 0.005 is 2.000"""
    rule = {"round": "once", "to": "0.005"}

    assert bill(part(amounts("1.0004", "1.0004", total=rule, currency="KWD"))).total_minor == [2000]


def test_slabs_percentages_and_taxes_are_exact_when_it_is_rounded_once():
    """
    1 kWh × 0.1234 + 0.5 kWh × 0.2345 = 0.24065; 3.3 % = 0.00794145; both 0.24859145
    7 % of that = 0.0174014015; in all 0.2659928515 = 0.27
    """
    written = definition(
        energy(slabs=slabs(("1", "0.1234"), (None, "0.2345"))),
        {"code": "levy", "kind": "percent", "purpose": "surcharge", "percent": "3.3",
         "of": ["energy"]},
        taxes=[{"code": "vat", "kind": "percent", "percent": "7"}],
        total={"round": "once"},
    )  # fmt: skip

    rated = bill(part(written, **{"import": 1_500}))

    assert lines(rated) == [
        (0, "energy", 12),
        (0, "energy", 12),
        (0, "levy", 1),
        (-1, "vat", 2),
    ]
    assert rated.total_minor == [27]


def test_taxes_come_before_the_rounding_of_the_total():
    """10.03 + 20 % = 12.04, to 0.05 = 12.05"""
    written = amounts(
        "10.03", total={"to": "0.05"}, taxes=[{"code": "vat", "kind": "percent", "percent": "20"}]
    )

    assert lines(bill(part(written))) == [
        (0, "c0", 10_03),
        (-1, "vat", 2_01),
        (-1, "rounding", 1),
    ]


def test_parts_of_one_bill_must_round_alike():
    parts = part(amounts("1"), FIRST), part(amounts("1", total={"to": "0.05"}), SECOND)

    with pytest.raises(engine.UsageError, match="differ in how its total is rounded"):
        bill(*parts)


MODES = [
    {"round": how, "to": to, "rounding": rounding}
    for how in ("lines", "once")
    for to in ("0.01", "0.05", "1")
    for rounding in Rounding
]


def everything(rule):
    """Return a tariff with every charge that is computed from others."""
    return definition(
        fixed("3.333"),
        energy(slabs=slabs(("3", "0.12345"), (None, "0.3333"))),
        {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.0777", "settle": "lots",
         "applies_to": ["energy", "least"]},
        {"code": "levy", "kind": "percent", "purpose": "surcharge", "of": ["all"],
         "bands": [{"up_to": "5", "percent": "1.5"}, {"percent": "3.75"}]},
        {"code": "off", "kind": "percent", "purpose": "discount", "percent": "2.5", "of": ["all"],
         "when": [{"use_of": "import", "unit": "kWh", "above": "4"}]},
        {"code": "least", "kind": "minimum", "price": "7.775", "of": ["all", "levy"]},
        bases={"all": ["service", "energy"]},
        taxes=[
            {"code": "duty", "kind": "tiered", "bands": [{"up_to": "6", "percent": "0"},
             {"percent": "7.7"}]},
            {"code": "levy-a-bill", "kind": "flat", "amount": "0.125", "above": "8"},
            {"code": "vat", "kind": "percent", "percent": "19", "on_taxes": ["duty"]},
        ],
        total=rule,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    rule=st.sampled_from(MODES),
    use=st.lists(
        st.tuples(st.integers(0, 60_000), st.integers(0, 90_000), st.integers(0, 9_00)),
        min_size=1,
        max_size=5,
    ),
    is_cut=st.booleans(),
)
def test_lines_add_up_to_a_total_that_is_rounded_as_it_should_be(rule, use, is_cut):
    together = rated_in(rule, use, is_cut)

    sums = together.table().amount_minor.sum(axis=1)
    assert together.total_minor.tolist() == sums.tolist()
    step = {"0.01": 1, "0.05": 5, "1": 1_00}[rule["to"]]
    assert not (together.total_minor % step).any()
    assert_batch_is_single(together, [rated_in(rule, [one], is_cut) for one in use])


def rated_in(rule, use, is_cut):
    """Rate accounts of (import, export, old credit), in one part of June or in two."""
    bought, sold, old = (np.array(column) for column in zip(*use, strict=True))
    segments, usage = [], {}
    tariff = engine.parse(everything(rule))
    for index, period in enumerate([FIRST, SECOND] if is_cut else [JUNE]):
        segments.append(engine.Segment(tariff, period, JUNE, HERE, "a"))
        usage[index, "import"] = engine.Totals(bought // (index + 1))
        usage[index, "export"] = engine.Totals(sold // (index + 1))
    past = {"a": engine.Past(lots={"sun": (engine.Lot(tariff.starts_on, old),)})}
    return engine.rate(segments, usage, [], currency="USD", n=len(use), past=past)


def test_a_bill_of_no_segment_is_refused():
    with pytest.raises(engine.UsageError, match="there is nothing to bill"):
        engine.rate([], {}, [], currency="USD", n=1)


@pytest.mark.parametrize(("price", "is_refused"), [("255", False), ("256", True)])
def test_lines_that_add_up_to_2_to_the_62_are_refused(price, is_refused):
    """2^53 Wh × 256 yen are 2^61, twice"""
    charges = [energy(unit="Wh", price=each, code=f"c{each}") for each in ("256", price)]
    charges[1]["code"] = "second"
    segment = engine.Segment(engine.parse(definition(*charges, currency="JPY")), JUNE, JUNE, HERE)
    use = {(0, "import"): engine.Totals(np.array([2**53]))}

    if is_refused:
        with pytest.raises(engine.UsageError, match="the sum of the lines does not fit"):
            engine.rate([segment], use, [], currency="JPY", n=1)
    else:
        rated = engine.rate([segment], use, [], currency="JPY", n=1)
        assert rated.total_minor.tolist() == [2**53 * 511]

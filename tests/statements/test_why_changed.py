"""Why a bill differs from the one before: each part in money, and together the difference."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.money import divide
from statements.changes import Change, Charge, Side, change
from statements.presentation.bill import bill as bill_view
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    bill,
    make_home,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import page_of, words


def energy(quantity, cents, **more):
    """Return a line of so many units, each for so many cents."""
    price = Fraction(str(cents))
    exact = Fraction(str(quantity)) * price
    amount = divide(exact.numerator, exact.denominator)
    told = {"key": "energy", "kind": "energy", "unit": "kWh", **more}
    return Charge(quantity=Fraction(str(quantity)), price=price, amount_minor=amount, **told)


def fixed(amount, *, days="1", key="standing", unit="period"):
    exact = Fraction(str(amount)) * Fraction(str(days))
    rounded = divide(exact.numerator, exact.denominator)
    return Charge(key, "fixed", unit, Fraction(str(days)), Fraction(str(amount)), rounded)


def share(minor, kind="tax"):
    return Charge("sales-tax", kind, "percent", Fraction(1), Fraction(minor), minor)


def compare(before, after, days=(30, 30)):
    keys = {one.key for one in (*before, *after)}
    sides = [
        Side(lines, dict.fromkeys(keys, n)) for lines, n in zip((before, after), days, strict=True)
    ]
    return change(*sides)


def test_only_the_days_differ():
    """300 kWh in 30 days, 310 in 31: ten a day both times; 10 kWh x 20 = 2.00"""
    assert compare([energy(300, 20)], [energy(310, 20)], (30, 31)) == Change(days=200)


def test_only_the_use_differs():
    """300 kWh, then 360 in as many days: 60 kWh x 20 = 12.00"""
    assert compare([energy(300, 20)], [energy(360, 20)]) == Change(use=1200)


def test_only_the_price_differs():
    """300 kWh x (23 - 20) = 9.00"""
    assert compare([energy(300, 20)], [energy(300, 23)]) == Change(price=900)


def test_days_use_and_price_differ_together():
    """
    before  300 kWh x 20 = 60.00 in 30 days
    days    310 kWh x 20 = 62.00   +2.00
    use     341 kWh x 20 = 68.20   +6.20
    price   341 kWh x 22 = 75.02   +6.82
    """
    found = compare([energy(300, 20)], [energy(341, 22)], (30, 31))

    assert found == Change(days=200, use=620, price=682)


def test_a_rate_for_each_day_differs_by_days_and_price():
    """30 x 15 = 4.50; 31 x 15 = 4.65; 31 x 16 = 4.96"""
    before, after = fixed(15, days=30, unit="day"), fixed(16, days=31, unit="day")

    assert compare([before], [after], (30, 31)) == Change(days=15, price=31)


def test_a_part_of_a_period_is_days():
    """9.30 for a period; 15 of 31 days are 4.50"""
    before, after = fixed(930), fixed(930, days=Fraction(15, 31))

    assert compare([before], [after], (31, 15)) == Change(days=-480)


def test_a_charge_that_came_and_one_that_went_are_their_own_part():
    found = compare([energy(300, 20), fixed(500, key="fee")], [energy(300, 20), fixed(700)])

    assert found == Change(other=200)


def test_taxes_and_discounts_follow_the_rest():
    found = compare([energy(100, 10), share(50)], [energy(100, 10), share(60), share(-5, "disc")])

    assert found == Change(follows=5)


def test_a_dearer_slab_that_is_newly_reached_is_use_not_price():
    """first 100 x 5, then 8: 100 -> 5.00; 100 and 50 -> 9.00"""
    first = energy(100, 5, slab=0, is_open=False)

    assert compare([first], [first, energy(50, 8, slab=100)]) == Change(use=400)


def test_another_kind_of_tariff_is_compared_as_a_whole():
    """100 kWh x 20 = 20.00; as many, 40 at 30 and 60 at 10 = 18.00"""
    bands = [energy(40, 30, band="peak"), energy(60, 10, band="off-peak")]

    assert compare([energy(100, 20)], bands) == Change(price=-200)


def test_use_moves_between_bands_at_the_price_of_each():
    """peak 50 -> 40 at 30 = -3.00; off-peak 50 -> 60 at 10 = +1.00"""

    def bands(peak, off):
        return [energy(peak, 30, band="peak"), energy(off, 10, band="off-peak")]

    assert compare(bands(50, 50), bands(40, 60)) == Change(use=-200)


def test_nothing_used_before_leaves_no_price_to_compare():
    assert compare([energy(0, 20)], [energy(10, 30)]) == Change(use=300)


def test_the_first_and_the_same_bill():
    assert compare([], [energy(10, 30)]) == Change(other=300)
    assert compare([energy(7, "12.345")], [energy(7, "12.345")]) == Change()


amounts = st.integers(-(10**6), 10**6)
charges = st.builds(
    Charge,
    key=st.sampled_from(["energy", "delivery", "standing"]),
    kind=st.sampled_from(["energy", "fixed", "tax", "discount"]),
    unit=st.sampled_from(["kWh", "day"]),
    quantity=st.integers(0, 10**8).map(lambda base: Fraction(base, 1000)),
    price=st.integers(-(10**8), 10**8).map(lambda scaled: Fraction(scaled, 10**6)),
    amount_minor=amounts,
    band=st.sampled_from(["", "peak", "off-peak"]),
    slab=st.sampled_from([None, 0, 100, 500]),
    is_open=st.booleans(),
)
sides = st.builds(
    Side,
    charges=st.lists(charges, max_size=6),
    days=st.dictionaries(
        st.sampled_from(["energy", "delivery", "standing"]), st.integers(1, 62), max_size=3
    ),
)


patient = settings(suppress_health_check=[HealthCheck.too_slow])  # machines are shared


@patient
@given(sides, sides)
def test_the_parts_always_add_up_to_the_difference(before, after):
    told = [sum(one.amount_minor for one in side.charges) for side in (before, after)]

    assert change(before, after).total == told[1] - told[0]


@patient
@given(sides)
def test_a_bill_like_the_one_before_has_no_reason(one):
    assert change(one, one) == Change()


# --- as bills


@pytest.mark.django_db
@pytest.mark.parametrize("tariff", [FLAT, SLABS, TIME], ids=lambda each: each["code"])
def test_the_block_on_a_bill_adds_up(client, tariff):
    make_world()
    service = make_home(tariff)
    read_steadily(service.channel, OCTOBER, 500)
    before = bill(service)
    read_steadily(service.channel, NOVEMBER, 700)
    after = bill(service, "2026-11", as_of=IN_DECEMBER)

    found = bill_view(after, now=clock.real_now()).why
    said = words(page_of(client, after).content.decode())

    assert found.before_number == before.number
    assert sum(cause.amount_minor for cause in found.causes) == found.difference_minor
    assert found.difference_minor == after.total_minor - before.total_minor
    assert "Why it changed" in said and "30 days; the bill before 31 days" in said
    prices = found.causes[2].amount_minor
    assert bool(prices) == (tariff is TIME)  # from summer to winter


@pytest.mark.django_db
def test_the_first_bill_has_nothing_to_be_compared_with(client):
    make_world()
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)

    assert "Why it changed" not in words(page_of(client, bill(service)).content.decode())

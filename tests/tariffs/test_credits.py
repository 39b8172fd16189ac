"""Credits for what is fed in: on the bill, or in dated lots. Worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffs import engine
from tariffs.engine.pricing.lots import expires_on
from tests.tariffs.bills import days
from tests.tariffs.cycles import (
    FIRST,
    SECOND,
    assert_batch_is_single,
    bill,
    lines,
    part,
)
from tests.tariffs.definitions import definition, energy, fixed, slabs


def sun(**fields):
    return {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.05", **fields}


def lots(**fields):
    return sun(settle="lots", applies_to=["service"], **fields)


def tariff(service="10", **fields):
    return definition(fixed(service), lots(**fields))


def known(*given):
    """Return what is left of earlier credit: (day, minor units of each account)."""
    left = tuple(engine.Lot(day, np.array(amounts)) for day, amounts in given)
    return {"a": engine.Past(lots={"sun": left})}


def left_in(rated, account=0):
    return [(lot.earned_on, int(lot.amount_minor[account])) for lot in rated.lots["a", "sun"]]


# On the bill


def test_a_credit_lowers_the_bill_even_below_zero():
    rated = bill(part(definition(fixed("10"), sun()), export=300_000))

    assert lines(rated) == [(0, "service", 10_00), (0, "sun", -15_00)]
    assert rated.total_minor == [-5_00]
    column = rated.columns[1]
    assert (column.kind, column.quantity[0], column.unit_price) == ("credit", 300_000, -5_000_000)


def test_it_has_slabs_seasons_and_bands_as_any_price():
    """10 kWh at 0.08 and 20 kWh at 0.05"""
    written = sun(slabs=slabs(("10", "0.08"), (None, "0.05")))
    del written["price"]

    rated = bill(part(definition(fixed("0"), written), export=30_000))

    assert lines(rated)[1:] == [(0, "sun", -80), (0, "sun", -1_00)]


def test_half_a_cent_of_credit_is_rounded_as_half_a_cent_of_debt():
    """0.1 kWh × 0.05 = 0.005"""
    one = definition(energy(price="0.05"), sun())

    assert bill(part(one, **{"import": 100}, export=100)).total_minor == [0]


def test_it_may_be_for_another_channel():
    rated = bill(part(definition(sun(source="surplus")), surplus=1_000))

    assert rated.total_minor == [-5]


def test_it_is_taxed_with_its_class():
    """20 % of 10.00 - 4.00; with the class none the credit comes after the tax"""
    tax = [engine.Tax("vat", "VAT", 20_00000000)]

    before = bill(part(definition(fixed("10"), sun()), export=80_000), taxes=tax)
    after = bill(part(definition(fixed("10"), sun(tax_class="none")), export=80_000), taxes=tax)

    assert (before.total_minor[0], after.total_minor[0]) == (7_20, 8_00)


# In lots


def test_what_the_bill_does_not_need_is_carried():
    """15.00 earned, 10.00 to pay: 5.00 are a lot of 30 June"""
    rated = bill(part(tariff(), export=300_000))

    assert lines(rated) == [(0, "service", 10_00), (0, "sun", -15_00), (0, "sun", 5_00)]
    assert [c.label.get("lots") for c in rated.columns if c.shown[0]] == [None, None, "carried"]
    assert rated.total_minor == [0]
    assert left_in(rated) == [(date(2026, 6, 30), 5_00)]


def test_a_bill_that_needs_all_of_it_leaves_no_lot():
    rated = bill(part(tariff(), export=200_000))

    assert rated.total_minor == [0]
    assert left_in(rated) == []


def test_old_lots_are_used_first_and_the_oldest_of_them():
    """10.00 to pay: 4.00 of March and 6.00 of April's 7.00; all 2.00 of June are carried"""
    past = known((date(2026, 4, 30), [7_00]), (date(2026, 3, 31), [4_00]))

    rated = bill(part(tariff(), export=40_000), past=past)

    assert lines(rated) == [
        (0, "service", 10_00),
        (0, "sun", -2_00),
        (0, "sun", -10_00),
        (0, "sun", 2_00),
    ]
    assert rated.total_minor == [0]
    assert left_in(rated) == [(date(2026, 4, 30), 1_00), (date(2026, 6, 30), 2_00)]


def test_other_charges_are_still_to_pay():
    """The lot lowers the service charge alone"""
    written = definition(fixed("10"), energy(price="0.10"), lots())

    rated = bill(
        part(written, **{"import": 50_000}, export=0), past=known((date(2026, 5, 31), [90_00]))
    )

    assert rated.total_minor == [5_00]
    assert left_in(rated) == [(date(2026, 5, 31), 80_00)]


@pytest.mark.parametrize(
    ("earned_on", "months", "expiry"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 2, 28), 12, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_lot_expires_on_the_same_day_of_a_later_month(earned_on, months, expiry):
    assert expires_on(earned_on, months) == expiry


@pytest.mark.parametrize(
    ("earned_on", "total"),
    [(date(2026, 3, 30), 10_00), (date(2026, 3, 31), 10_00), (date(2026, 4, 1), 6_00)],
)
def test_a_lot_that_expires_on_the_last_day_is_not_used(earned_on, total):
    """Three months: of 30 and 31 March until 30 June, of 1 April until 1 July"""
    rated = bill(part(tariff(expires_after_months=3), export=0), past=known((earned_on, [4_00])))

    assert rated.total_minor == [total]
    assert left_in(rated) == []


def test_without_a_limit_it_never_expires():
    rated = bill(part(tariff(), export=0), past=known((date(1999, 1, 31), [4_00])))

    assert rated.total_minor == [6_00]


def test_three_months_one_after_the_other():
    """
    May: earns 15.00, owes 10.00, carries 5.00. June: earns 2.00, owes 10.00, uses 5.00 and 2.00,
    pays 3.00. July: earns 12.00, owes 10.00, carries 2.00.
    """
    past, totals = {}, []
    for month, export in ((5, 300_000), (6, 40_000), (7, 240_000)):
        last = 30 if month == 6 else 31
        period = days(date(2026, month, 1), date(2026, month, last))
        rated = bill(part(tariff(), period, export=export), cycle=period, past=past)
        past = engine.carry(past, rated)
        totals.append(int(rated.total_minor[0]))

    assert totals == [0, 3_00, 0]
    assert [(lot.earned_on, lot.amount_minor.tolist()) for lot in past["a"].lots["sun"]] == [
        (date(2026, 7, 31), [2_00])
    ]


def test_parts_of_a_cycle_are_settled_together():
    """5.00 twice to pay, 12.00 and 1.00 earned: 3.00 are carried, once, by the last part"""
    rated = bill(part(tariff(), FIRST, export=240_000), part(tariff(), SECOND, export=20_000))

    assert lines(rated) == [
        (0, "service", 5_00),
        (0, "sun", -12_00),
        (1, "service", 5_00),
        (1, "sun", -1_00),
        (1, "sun", 3_00),
    ]
    assert left_in(rated) == [(date(2026, 6, 30), 3_00)]


def test_a_tariff_without_credit_keeps_the_lots_for_a_later_one():
    past = known((date(2026, 5, 31), [4_00]))

    rated = bill(part(definition(fixed("10"))), past=past)

    assert rated.total_minor == [10_00]
    assert engine.carry(past, rated)["a"].lots["sun"] == past["a"].lots["sun"]


def test_lots_wait_while_their_condition_does_not_hold():
    past = known((date(2026, 5, 31), [4_00]))
    part_of_june = part(tariff(when=["member"]), export=100_000)

    without = bill(part_of_june, past=past)
    having = bill(part_of_june, past=past, conditions=[frozenset({"member"})])

    assert (without.total_minor[0], left_in(without)) == (10_00, [(date(2026, 5, 31), 4_00)])
    assert (having.total_minor[0], left_in(having)) == (1_00, [])


def test_charges_that_come_to_less_than_nothing_use_no_lot():
    """-5.00 to pay already: nothing is used, and all that was earned is carried"""
    written = definition(
        fixed("10"),
        sun(code="roof", source="roof", price="0.15"),
        sun(settle="lots", applies_to=["service", "roof"]),
    )
    past = known((date(2026, 5, 31), [4_00]))

    rated = bill(part(written, roof=100_000, export=40_000), past=past)

    assert rated.total_minor == [-5_00]
    assert left_in(rated) == [(date(2026, 5, 31), 4_00), (date(2026, 6, 30), 2_00)]


def test_lots_stop_at_nothing_of_exact_amounts():
    """
    To pay 1 kWh × 0.1049 = 0.1049, a lot of 1.00 gives 0.10; earned 0.0504 gives the 0.0049 that
    are left and 0.0455, carried as 0.05: 0.1049 - 0.10 - 0.0504 + 0.05 = 0.0045, in all 0.00
    """
    written = definition(
        energy(price="0.1049"),
        sun(price="0.0504", settle="lots", applies_to=["energy"]),
        total={"round": "once"},
    )

    rated = bill(
        part(written, **{"import": 1_000}, export=1_000), past=known((date(2026, 5, 31), [1_00]))
    )

    assert rated.total_minor == [0]
    assert left_in(rated) == [(date(2026, 5, 31), 90), (date(2026, 6, 30), 5)]


def test_accounts_side_by_side_have_their_own_lots():
    may, april = date(2026, 5, 31), date(2026, 4, 30)
    first, second = [4_00, 0, 20_00, 3_00], [0, 0, 1_00, 50_00]
    export = [0, 300_000, 100_000, 400_000]
    written = tariff(expires_after_months=12)

    rated = bill(part(written, export=export), past=known((april, first), (may, second)), n=4)

    assert rated.total_minor.tolist() == [6_00, 0, 0, 0]
    assert left_in(rated, 3) == [(april, 0), (may, 43_00), (date(2026, 6, 30), 20_00)]
    alone = [
        bill(part(written, export=one), past=known((april, [a]), (may, [b])))
        for one, a, b in zip(export, first, second, strict=True)
    ]
    assert_batch_is_single(rated, alone)


def test_money_is_neither_lost_nor_made():
    """Paid + earned = owed + what is left, minus what was left before"""
    rng = np.random.default_rng(6)
    past, owed, paid, earned = {}, 0, 0, 0
    for month in range(1, 13):
        period = days(date(2026, month, 1), date(2026, month, 28))
        rated = bill(
            part(tariff("7.77"), period, export=rng.integers(0, 400_000, 50)),
            cycle=period, past=past, n=50,
        )  # fmt: skip
        past = engine.carry(past, rated)
        paid = paid + rated.total_minor
        owed = owed + 7_77
        earned = earned - sum(
            c.amount_minor for c in rated.columns if c.charge == "sun" and "lots" not in c.label
        )
        assert (rated.total_minor >= 0).all()

    left = sum(lot.amount_minor for lot in past["a"].lots["sun"])
    assert (paid + earned == owed + left).all()


def test_lots_of_whole_cents_never_bring_an_exact_amount_below_nothing():
    """
    To pay 0.1099: a lot gives 0.10, not 0.11; earned 0.0504 gives the 0.0099 that are left and
    0.0405, carried as 0.05
    """
    written = definition(
        energy(price="0.1099"),
        sun(price="0.0504", settle="lots", applies_to=["energy"]),
        total={"round": "once"},
    )

    rated = bill(
        part(written, **{"import": 1_000}, export=1_000), past=known((date(2026, 5, 31), [1_00]))
    )

    assert left_in(rated) == [(date(2026, 5, 31), 90), (date(2026, 6, 30), 5)]


def test_lots_lower_what_their_condition_holds_for():
    """A member in the first half: of 20.00 only 10.00 may be lowered"""
    written = definition(fixed("20"), lots(when=["member"]))
    halves = [part(written, half, export=0) for half in (FIRST, SECOND)]
    conditions = [frozenset({"member"}), frozenset()]

    rated = bill(*halves, conditions=conditions, past=known((date(2026, 5, 31), [14_00])))

    assert rated.total_minor == [10_00]
    assert left_in(rated) == [(date(2026, 5, 31), 4_00)]

"""Taxes of a tariff, worked by hand."""

from __future__ import annotations

import pytest

from tariffs import engine
from tariffs.engine.taxes import TaxKind
from tests.tariffs.cycles import FIRST, SECOND, assert_batch_is_single, bill, line, lines, part
from tests.tariffs.definitions import definition, energy, fixed


def tax(code="vat", kind="percent", **fields):
    return {"code": code, "kind": kind, **fields}


VAT = tax(percent="20")


def taxed(*taxes, price="10", **fields):
    return definition(fixed(price), taxes=list(taxes), **fields)


def taxes_of(rated, account=0):
    return [(code, amount) for segment, code, amount in lines(rated, account) if segment == -1]


def test_a_percentage_of_all_lines_of_its_class_is_rounded_once():
    """0.333 + 0.333 = 0.67 (two lines of 0.33 and one of another class): 20 % of 0.66 = 0.13"""
    written = definition(
        fixed("0.333"),
        fixed("0.333", code="meter"),
        fixed("99", code="deposit", tax_class="none"),
        taxes=[VAT],
    )

    rated = bill(part(written))

    assert lines(rated)[-1] == (-1, "vat", 13)
    found = line(rated, "vat")
    assert (found.name, found.kind, found.unit, found.tax_class) == (
        "vat",
        "tax",
        "percent",
        "none",
    )
    assert (found.quantity[0], found.label) == (66, {"percent": 20 * 10**8})


def test_taxes_come_after_those_that_are_handed_over():
    given = [engine.Tax("state", "State tax", 10_00000000)]

    assert taxes_of(bill(part(taxed(VAT)), taxes=given)) == [("state", 1_00), ("vat", 2_00)]


def test_a_tax_on_a_tax():
    """9 % of 10.00 = 0.90; 20 % of 10.90 = 2.18; 1 % of 10.00 + 2.18 = 0.1218"""
    written = taxed(
        tax("duty", percent="9"),
        {**VAT, "on_taxes": ["duty"]},
        tax("city", percent="1", on_taxes=["vat"]),
    )

    assert taxes_of(bill(part(written))) == [("duty", 90), ("vat", 2_18), ("city", 12)]


BANDS = [{"up_to": "50", "percent": "0"}, {"up_to": "60", "percent": "5"}, {"percent": "10"}]


@pytest.mark.parametrize(
    ("price", "expected"),
    [("50", []), ("50.10", [1]), ("60", [50]), ("75.55", [50, 1_56])],
)
def test_bands_each_take_their_part_of_the_base(price, expected):
    rated = bill(part(taxed(tax(kind="tiered", bands=BANDS), price=price)))

    assert [amount for _, amount in taxes_of(rated)] == expected


def test_bands_below_zero_are_mirrored():
    """-75.55: 5 % of -10.00 and 10 % of -15.55"""
    sun = {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.7555"}
    written = definition(sun, taxes=[tax(kind="tiered", bands=BANDS)])

    assert taxes_of(bill(part(written, export=100_000))) == [("vat", -50), ("vat", -1_56)]


def test_an_amount_comes_once_a_bill_however_many_parts_it_has():
    levy = tax("levy", "flat", amount="1.25")

    rated = bill(part(taxed(levy), FIRST), part(taxed(levy), SECOND))

    assert taxes_of(rated) == [("levy", 1_25)]
    found = line(rated, "levy")
    assert (found.unit, found.quantity[0], found.unit_price) == ("bill", 1, 125_000_000)


def test_an_amount_that_changes_inside_a_bill_is_that_of_its_last_part():
    old, new = (taxed(tax("levy", "flat", amount=amount)) for amount in ("1", "2"))

    assert taxes_of(bill(part(old, FIRST), part(new, SECOND))) == [("levy", 2_00)]


def test_amounts_of_tariffs_side_by_side_both_hold():
    first = taxed(tax("levy", "flat", amount="1"), code="supply")
    second = taxed(tax("levy", "flat", amount="2"), code="network")

    assert taxes_of(bill(part(first), part(second))) == [("levy", 1_00), ("levy", 2_00)]


def test_an_amount_needs_no_taxable_line_and_may_be_taxed():
    """1.00 on a bill without a line of its class; 20 % of that"""
    written = definition(
        fixed("10", tax_class="none"),
        taxes=[tax("levy", "flat", amount="1"), {**VAT, "on_taxes": ["levy"]}],
    )

    assert taxes_of(bill(part(written))) == [("levy", 1_00), ("vat", 20)]


def test_an_exemption_is_printed_with_its_reason():
    rated = bill(part(taxed(tax(kind="exempt", reason="Registered charity"))))

    assert taxes_of(rated) == [("vat", 0)]
    found = line(rated, "vat")
    assert (found.quantity[0], found.unit_price) == (10_00, 0)
    assert found.label == {"exempt": "Registered charity"}


def test_an_exemption_is_printed_to_accounts_without_a_taxable_line_too():
    when = [{"use_of": "import", "unit": "kWh", "above": "1"}]
    written = definition(fixed("10", when=when), taxes=[tax(kind="exempt", reason="Charity")])
    use = [0, 2_000]

    rated = bill(part(written, **{"import": use}), n=2)

    assert [taxes_of(rated, account) for account in (0, 1)] == [[("vat", 0)]] * 2
    assert_batch_is_single(rated, [bill(part(written, **{"import": one})) for one in use])


@pytest.mark.parametrize(("price", "expected"), [("50", []), ("50.01", [("vat", 10_00)])])
def test_a_tax_above_an_amount_takes_all_of_it(price, expected):
    assert taxes_of(bill(part(taxed({**VAT, "above": "50"}, price=price)))) == expected


def test_a_tax_waits_for_its_condition_in_each_part():
    """Only the second half is taxed: 20 % of 5.00"""
    halves = [part(taxed({**VAT, "when": [{"not": "exempt"}]}), p) for p in (FIRST, SECOND)]

    rated = bill(*halves, conditions=[frozenset({"exempt"}), frozenset()])

    assert taxes_of(rated) == [("vat", 1_00)]


def test_a_tax_above_a_use_is_told_account_by_account():
    """GRENLEC's: nothing up to 99 kWh, 20 % above"""
    when = [{"use_of": "import", "unit": "kWh", "above": "99"}]
    written = definition(energy(price="0.10"), taxes=[{**VAT, "when": when}])
    use = [99_000, 99_001, 200_000]

    rated = bill(part(written, **{"import": use}), n=3)

    assert rated.total_minor.tolist() == [9_90, 11_88, 24_00]
    assert_batch_is_single(rated, [bill(part(written, **{"import": one})) for one in use])


def test_a_tax_that_changes_inside_a_bill_taxes_each_part_once():
    """20 % of 5.00 and 25 % of 5.00"""
    parts = [part(taxed(tax(percent=p)), when) for p, when in (("20", FIRST), ("25", SECOND))]

    assert taxes_of(bill(*parts)) == [("vat", 1_00), ("vat", 1_25)]


def test_a_tax_on_a_tax_that_changes_inside_a_bill():
    """
    Duty 10 % of 5.00, then 20 % of 5.00: 0.50 and 1.00. The VAT that stays the same is one tax:
    20 % of 10.00 + 1.50 = 2.30
    """
    parts = [
        part(taxed(tax("duty", percent=p), {**VAT, "on_taxes": ["duty"]}), when)
        for p, when in (("10", FIRST), ("20", SECOND))
    ]

    assert taxes_of(bill(*parts)) == [("duty", 50), ("duty", 1_00), ("vat", 2_30)]


def test_a_tax_that_stays_is_shared_between_the_taxes_on_it():
    """
    Duty 10 % of 4.00 + 6.00 = 1.00, of which 0.40 and 0.60.
    VAT 10 % of 4.40 = 0.44, then 20 % of 6.60 = 1.32
    """
    duty = tax("duty", percent="10")
    parts = [
        part(taxed(duty, tax(percent=p, on_taxes=["duty"]), price=price), when)
        for p, price, when in (("10", "8", FIRST), ("20", "12", SECOND))
    ]

    assert taxes_of(bill(*parts)) == [("duty", 1_00), ("vat", 44), ("vat", 1_32)]


def test_equal_taxes_of_tariffs_side_by_side_are_one():
    """20 % of 0.02 + 0.01 is 0.01, not nothing and nothing"""
    parts = [
        part(taxed(VAT, price=price, code=code)) for price, code in (("0.02", "a"), ("0.01", "b"))
    ]

    rated = bill(*parts)

    assert taxes_of(rated) == [("vat", 1)]


def test_a_tax_of_one_tariff_leaves_the_one_beside_it_alone():
    rated = bill(part(taxed(VAT, code="supply")), part(taxed(code="network")))

    assert taxes_of(rated) == [("vat", 2_00)]


def test_of_exact_amounts_a_tax_is_exact():
    """0.0049 three times = 0.0147: 20 % = 0.00294; in all 0.01764 = 0.02"""
    small = [energy(code=f"e{i}", price="0.0049") for i in range(3)]
    written = definition(*small, taxes=[VAT], total={"round": "once"})

    rated = bill(part(written, **{"import": 1_000}))

    assert rated.total_minor == [2]
    assert line(rated, "rounding").amount_minor == [2]


def test_a_discount_and_a_credit_lower_what_is_taxed():
    """10.00 - 1.00 - 4.00 = 5.00: 20 %"""
    written = definition(
        fixed("10"),
        {"code": "off", "kind": "percent", "purpose": "discount", "percent": "10",
         "of": ["service"]},
        {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.04"},
        taxes=[VAT],
    )  # fmt: skip

    assert taxes_of(bill(part(written, export=100_000))) == [("vat", 1_00)]


# Amounts and taxes on taxes of several tariffs


def test_an_amount_that_is_handed_over_comes_once_a_bill():
    levy = engine.Tax("levy", "Levy", 0, kind=TaxKind.FLAT, amount=125_000_000)

    rated = bill(part(taxed(), FIRST), part(taxed(), SECOND), taxes=[levy])

    assert taxes_of(rated) == [("levy", 1_25)]


def test_an_amount_for_another_commodity_is_not_billed():
    levy = engine.Tax("levy", "Levy", 0, kind=TaxKind.FLAT, amount=1, commodity="water")

    assert taxes_of(bill(part(taxed()), taxes=[levy])) == []


def test_an_amount_that_one_tariff_changes_still_holds_for_the_one_beside_it():
    """The supply's levy goes from 1.00 to 2.00, the network's stays"""
    old, new = (tax("levy", "flat", amount=amount) for amount in ("1", "2"))

    rated = bill(
        part(taxed(old, code="supply"), FIRST),
        part(taxed(new, code="supply"), SECOND),
        part(taxed(old, code="network")),
    )

    assert taxes_of(rated) == [("levy", 1_00), ("levy", 2_00)]


def test_how_much_of_a_tax_is_taxed_is_told_account_by_account():
    """
    Duty is due above 1 kWh, VAT of the supply alone. The first account has duty of the supply,
    10 % of 10.00, and VAT of 11.00; the second also 10 % of the network's 20.00, and the same VAT.
    """
    when = [{"use_of": "import", "unit": "kWh", "above": "1"}]
    duty = tax("duty", percent="10", when=when)
    supply = taxed(duty, {**VAT, "on_taxes": ["duty"]}, code="supply")
    network = taxed(duty, code="network", price="20")
    supplied, carried = [5_000, 5_000], [0, 5_000]

    rated = bill(part(supply, **{"import": supplied}), part(network, **{"import": carried}), n=2)

    assert taxes_of(rated, 0) == [("duty", 1_00), ("vat", 2_20)]
    assert taxes_of(rated, 1) == [("duty", 3_00), ("vat", 2_20)]
    alone = [
        bill(part(supply, **{"import": one}), part(network, **{"import": other}))
        for one, other in zip(supplied, carried, strict=True)
    ]
    assert_batch_is_single(rated, alone)


def test_of_exact_amounts_the_share_of_a_tax_is_exact():
    """
    0.25 in each half; duty 10 % = 0.05, of which 0.025 for each. A tax of all of the first half:
    0.275; in all 0.50 + 0.05 + 0.275 = 0.825, cut to 0.82
    """
    duty, total = tax("duty", percent="10"), {"round": "once", "rounding": "down"}
    all_of_it = tax(percent="100", on_taxes=["duty"])

    rated = bill(
        part(taxed(duty, all_of_it, price="0.50", total=total), FIRST),
        part(taxed(duty, price="0.50", total=total), SECOND),
    )

    assert rated.total_minor == [82]

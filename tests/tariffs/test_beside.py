"""Percentages of what other tariffs bill for the same agreement at the same time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tariffs import engine
from tests.tariffs.bills import HERE, days
from tests.tariffs.cycles import FIRST, JUNE, SECOND, bill, lines, part
from tests.tariffs.definitions import definition, energy, fixed


def plan(*of, percent="10", purpose="discount", code="plan", **more):
    """Return a tariff that does nothing but take a percentage of others."""
    charge = {"code": code, "kind": "percent", "purpose": purpose, "of": list(of)}
    return definition({**charge, "percent": percent, **more}, code=code)


SUPPLY = definition(fixed("20.00"), energy(price="0.10"))
SUN = {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.05"}


@pytest.mark.parametrize(
    ("of", "amount"),
    [
        (["@energy"], -3_00),
        (["@fixed"], -2_00),
        (["@fixed", "@energy"], -5_00),
        (["@demand"], None),
        (["@all"], -5_00),
    ],
)
def test_a_percentage_is_taken_of_the_lines_of_a_kind(of, amount):
    """300 kWh × 0.10 = 30.00, and 20.00"""
    rated = bill(part(SUPPLY, **{"import": 300_000}), part(plan(*of)))

    assert [a for _, code, a in lines(rated) if code == "plan"] == ([amount] if amount else [])


def test_a_tax_and_what_is_told_are_no_base_of_all():
    tax = {"code": "duty", "kind": "percent", "purpose": "tax", "percent": "50", "of": ["service"]}
    stepped = energy(price="1", share_percent="50")

    rated = bill(part(definition(fixed("20.00"), tax, stepped), **{"import": 2_000}),
                 part(plan("@all")))  # fmt: skip

    assert lines(rated)[-1] == (1, "plan", -2_10)  # of 20.00 and 1.00


def test_a_credit_lowers_the_base_of_all_and_is_one_of_its_own():
    use = {"import": 300_000, "export": 100_000}
    of_all = bill(part(definition(fixed("20.00"), SUN), **use), part(plan("@all")))
    of_credit = bill(part(definition(fixed("20.00"), SUN), **use), part(plan("@credit")))

    assert lines(of_all)[-1] == (1, "plan", -1_50)
    assert lines(of_credit)[-1] == (1, "plan", 50)


def test_own_charges_and_those_beside_make_one_base():
    own = fixed("10.00")
    take = {"code": "off", "kind": "percent", "purpose": "discount", "percent": "10",
            "of": ["service", "@fixed"]}  # fmt: skip

    rated = bill(part(SUPPLY, **{"import": 0}), part(definition(own, take, code="plan")))

    assert lines(rated)[-1] == (1, "off", -3_00)
    assert rated.columns[-1].label["of"] == ["service", "@fixed"]
    turned = bill(part(definition(own, take, code="plan")), part(SUPPLY, **{"import": 0}))
    assert lines(turned)[1] == (0, "off", -3_00)  # whichever is given first


def test_a_percentage_of_a_cycle_takes_all_versions_beside_it():
    """The price changes on the 16th: 15 days of 20.00 and 15 of 40.00, then 10 %."""
    new = definition(fixed("40.00"), energy(price="0.10"))

    rated = bill(
        part(plan("@all")),
        part(SUPPLY, FIRST, **{"import": 0}),
        part(new, SECOND, **{"import": 10_000}),
    )

    assert lines(rated) == [
        (0, "plan", -3_10),
        (1, "service", 10_00),
        (2, "service", 20_00),
        (2, "energy", 1_00),
    ]


def test_a_later_percentage_is_taken_of_what_the_earlier_one_left():
    """30.00 less a tenth is 27.00, less a tenth of that"""
    first, second = plan("@all", code="a"), plan("@all", code="b")

    rated = bill(part(SUPPLY, **{"import": 100_000}), part(first), part(second))
    turned = bill(part(second), part(first), part(SUPPLY, **{"import": 100_000}))

    assert lines(rated)[-2:] == [(1, "a", -3_00), (2, "b", -2_70)]
    assert lines(turned)[:2] == [(0, "b", -3_00), (1, "a", -2_70)]


def test_a_percentage_that_begins_within_a_segment_is_refused():
    late = days(date(2026, 6, 10), date(2026, 6, 30))

    with pytest.raises(engine.UsageError, match="plan takes a percentage of a part of test-tariff"):
        bill(part(SUPPLY, **{"import": 0}), part(plan("@all"), late))


def test_what_another_agreement_pays_is_no_base():
    tariffs = [engine.parse(each) for each in (SUPPLY, plan("@fixed"))]
    segments = [
        engine.Segment(tariff, JUNE, JUNE, HERE, key=key)
        for tariff, key in zip(tariffs, "ab", strict=True)
    ]
    use = {(0, "import"): engine.Totals(np.array([0]))}

    rated = engine.rate(segments, use, [], currency="USD", n=1)

    assert lines(rated) == [(0, "service", 20_00)]


@pytest.mark.parametrize("kind", ["minimum", "credit"])
def test_only_a_percentage_looks_beside(kind):
    charge = {
        "minimum": {"code": "least", "kind": "minimum", "price": "5", "of": ["@all"]},
        "credit": {**SUN, "settle": "lots", "applies_to": ["@all"]},
    }[kind]

    with pytest.raises(engine.TariffError, match="'@all' is not a charge here, nor a base"):
        engine.parse(definition(charge))

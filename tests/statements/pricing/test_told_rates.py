"""The prices of a tariff in words: nothing that is billed is left out or told as something else."""

from __future__ import annotations

import pytest

from statements.pricing.detail.rates import rates, rules
from tariffs import engine
from tests.tariffs.definitions import definition, energy

DEMAND = {
    "kind": "demand",
    "code": "peak",
    "name": "Peak demand",
    "minutes": 15,
    "price": "12",
    "unit": "kW",
}


def share(**fields):
    return {"kind": "percent", "code": "fee", "name": "Fee", "purpose": "surcharge", **fields}


def told(*charges, **fields):
    """Return (of what, how much) of the last price of a tariff with these charges."""
    found = rates(engine.parse(definition(energy(price="0.10"), *charges, **fields)))
    return found[-1].use, found[-1].price


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (["@energy"], "charges by use"),
        (["@fixed"], "fixed charges"),
        (["@all"], "all charges beside it"),
        (["energy", "@demand"], "energy, demand charges"),
    ],
)
def test_a_percentage_says_of_what_it_is_taken(of, said):
    assert told(share(of=of, percent="5")) == (said, "5%")


def test_the_parts_of_a_percentage_keep_their_bounds():
    bands = [{"up_to": "5", "percent": "2"}, {"percent": "1"}]

    found = rates(engine.parse(definition(energy(price="0.10"), share(of=["energy"], bands=bands))))

    assert [rate.price for rate in found[-2:]] == ["2% of what is up to $5.00", "1% of the rest"]


@pytest.mark.parametrize(
    ("tax", "bound", "said"),
    [
        ({"kind": "flat", "amount": "2"}, "", "$2.00 per bill"),
        ({"kind": "exempt", "reason": "A public school"}, "", "A public school"),
        ({"kind": "percent", "percent": "4", "above": "30"}, "only above $30.00", "4%"),
        (
            {
                **{"kind": "percent", "percent": "4", "above": "30"},
                "when": [{"any": ["office", "home"]}],
            },
            "only above $30.00; only for: home, office",
            "4%",
        ),
        (
            {"kind": "tiered", "bands": [{"up_to": "50", "percent": "3"}, {"percent": "6"}]},
            "",
            "3% of what is up to $50.00; 6% of the rest",
        ),
    ],
)
def test_every_kind_of_tax_is_told(tax, bound, said):
    taxes = [{"code": "sales", "name": "Sales tax", **tax}]

    line = rates(engine.parse(definition(energy(price="0.10"), taxes=taxes)))[-1]

    assert (line.charge, line.when, line.use, line.price) == ("Sales tax", bound, "tax", said)


def test_what_holds_a_demand_up_is_told():
    held = {**DEMAND, "floor": "10", "ratchet": {"percent": "80", "months": 11}}

    assert rules(engine.parse(definition(held))) == [
        "Peak demand: at least 10 kW are billed.",
        "Peak demand: at least 80% of the highest peak of the 11 months before is billed.",
    ]


def test_a_mean_of_peaks_is_told_as_one():
    ratchet = {"percent": "100", "months": 2, "rule": "mean"}

    [said] = rules(engine.parse(definition({**DEMAND, "ratchet": ratchet})))

    assert "100% of the mean of this peak and those of the 2 months before" in said

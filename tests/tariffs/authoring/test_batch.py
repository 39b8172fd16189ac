"""One change for many tariffs: exact, never negative, and nothing else is touched."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs import engine
from tariffs.authoring import differences
from tariffs.authoring.batch import KINDS, Change, NotChangeable, PriceChange, changed
from tests.tariffs import random_tariffs
from tests.tariffs.definitions import FLAT, PEAK_HOUR, WATER, WINTER_DISCOUNT, energy, fixed
from tests.tariffs.definitions import definition as stated

SOME = settings(max_examples=60, deadline=None)


def by(kinds=KINDS, decimals=None, **how):
    amounts = {name: Decimal(value) for name, value in how.items()}
    return Change(prices=PriceChange(**amounts, kinds=frozenset(kinds), decimals=decimals))


def told(old, change):
    return [(d.path[-1], d.old, d.new) for d in differences(old, changed(old, change))]


def test_each_price_of_a_tariff_is_changed_exactly():
    assert told(WATER, by(percent="2.5")) == [
        ("price", "0.08", "0.082"),
        ("price", "0.10", "0.1025"),
        ("price", "0.12", "0.123"),
        ("price", "0.15", "0.15375"),
    ]
    assert {new for _name, _old, new in told(PEAK_HOUR, by(amount="-0.01"))} == {
        "0.07",
        "0.11",
        "0.17",
    }
    assert ("regular", "0.12", "0.18") in told(WINTER_DISCOUNT, by(percent="50"))


def test_only_charges_of_the_kinds_asked_for_are_changed():
    two = stated(energy(price="0.12345"), fixed(price="5.00"))

    assert told(two, by(["fixed"], amount="0.50")) == [("price", "5.00", "5.5")]
    assert told(two, by(["energy"], percent="3", decimals=4)) == [("price", "0.12345", "0.1272")]
    with pytest.raises(NotChangeable) as refused:
        changed(two, by(["demand"], percent="3"))
    assert refused.value.code == "no_price"


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        (by(amount="-0.5"), "negative", {"charge": "energy", "old": "0.12", "new": "-0.38"}),
        (by(percent="0.00001"), "too_fine", {"new": "0.120000012"}),
        (by(percent="0"), "nothing", {}),
        (Change(first_day=date(2027, 1, 1)), "nothing", {}),
        (Change(first_day=date(2027, 1, 1), last_day=date(2026, 12, 31)), "not_after", {}),
    ],
)
def test_what_does_not_fit_says_why(change, code, what):
    with pytest.raises(NotChangeable) as refused:
        changed(stated(energy(price="0.12")), change)

    assert refused.value.code == code
    assert what.items() <= refused.value.told.items()


def test_whom_it_serves_its_days_and_its_description():
    old = {**FLAT, "to": "2027-01-01", "examples": [{"x": 1}], "eligibility": {"areas": ["n"]}}
    change = Change(date(2026, 12, 1), None, ("shops",), (), None, is_open=True, description="New")

    new = changed(old, change)

    assert new["eligibility"] == {"categories": ["shops"], "areas": []}
    assert (new["from"], new["to"], new["description"]) == ("2026-12-01", None, "New")
    assert (new["charges"], new["examples"]) == (old["charges"], old["examples"])
    assert "examples" not in changed(old, by(percent="10"))
    assert old["eligibility"] == {"areas": ["n"]}


@SOME
@given(seed=st.integers(0, 2**40), percent=st.decimals(-100, 300, places=2))
def test_any_tariff_can_still_be_priced_and_none_is_negative(seed, percent):
    for old in random_tariffs.make(seed).definitions:
        try:
            new = changed(old, by(percent=percent, decimals=6))
        except NotChangeable as refused:
            assert refused.code in ("no_price", "nothing")
        else:
            engine.parse(new)

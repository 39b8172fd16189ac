"""What differs between two versions is listed, and nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.authoring import definition, differences
from tariffs.differing import changes
from tariffs.differing import summary as summed
from tests.tariffs import random_tariffs
from tests.tariffs.authoring.states import states
from tests.tariffs.definitions import FLAT, PEAK_HOUR, WATER, WINTER_DISCOUNT, energy, fixed, slabs
from tests.tariffs.definitions import definition as stated
from tests.tariffs.test_plan_terms import RBE

SOME = settings(max_examples=60, deadline=None)


def told(old, new):
    return [(".".join(d.path), d.kind.value, d.old, d.new) for d in differences(old, new)]


def summary(found):
    return summed(changes(found))


def named(price, **more):
    return stated(energy(name="Energy", price=price), **more)


@SOME
@given(state=states())
def test_nothing_differs_from_itself(state):
    assert differences(definition(state), definition(state)) == []


@SOME
@given(seed=st.integers(0, 2**40))
def test_no_definition_is_too_odd_to_compare(seed):
    first, *_ = random_tariffs.make(seed).definitions

    assert differences(first, first) == []
    assert isinstance(summary(differences(first, FLAT)), str)
    assert isinstance(summary(differences(FLAT, first)), str)


def test_a_price():
    old, new = named("0.12"), named("0.15")

    assert told(old, new) == [("charges.energy.price", "changed", "0.12", "0.15")]
    assert summary(differences(old, new)) == "Energy: Price: 0.12 → 0.15"


def test_defaults_and_other_ways_to_write_a_number_are_no_difference():
    old = named("0.12", zone="UTC")
    new = stated(
        energy(name="Energy", price="0.1200", source="import", tax_class="standard"),
        zone="UTC",
        clock="wall",
        to=None,
        examples=[],
        change_summary="Another summary",
    )

    assert told(old, new) == []


def test_the_end_is_the_last_day_included():
    assert told(FLAT, {**FLAT, "to": "2027-01-01"}) == [("last_day", "added", "", "2026-12-31")]


def water(*rows):
    more = {name: WATER[name] for name in ("code", "commodity", "rate_type")}
    return stated(energy(unit="m3", slabs=slabs(*rows)), **more)


def test_as_many_slabs_go_by_their_place():
    new = water(("100", "0.08"), ("600", "0.11"), ("1000", "0.12"), (None, "0.15"))

    assert told(WATER, new) == [
        ("charges.energy.slabs.2.up_to", "changed", "500", "600"),
        ("charges.energy.slabs.2.price", "changed", "0.10", "0.11"),
    ]
    assert summary(differences(WATER, new)) == (
        "energy: Slab 2, Upper bound: 500 → 600; energy: Slab 2, Price: 0.10 → 0.11"
    )


def test_slabs_that_come_or_go_are_known_by_their_bound():
    new = water(("100", "0.08"), ("500", "0.11"), (None, "0.15"))

    assert told(WATER, new) == [
        ("charges.energy.slabs.up_to_500.price", "changed", "0.10", "0.11"),
        ("charges.energy.slabs.up_to_1000", "removed", "up_to 1000, price 0.12", ""),
    ]
    assert summary(differences(WATER, new)) == (
        "energy: Slab up to 500, Price: 0.10 → 0.11; energy: Slab up to 1000 removed"
    )


def test_prices_by_band_and_season():
    bands = [{**row} for row in PEAK_HOUR["charges"][0]["prices"]]
    bands[2]["price"] = "0.20"
    seasons = [{**row} for row in WINTER_DISCOUNT["charges"][0]["prices"]]
    seasons[0]["discount_percent"] = "30"

    peak = {**PEAK_HOUR, "charges": [energy(prices=bands)]}
    winter = {**WINTER_DISCOUNT, "charges": [energy(prices=seasons)]}

    assert told(PEAK_HOUR, peak) == [
        ("charges.energy.prices.peak.price", "changed", "0.18", "0.20")
    ]
    assert summary(differences(WINTER_DISCOUNT, winter)) == (
        "energy: winter, Discount in percent: 25 → 30"
    )


def test_charges_come_and_go():
    fee = fixed("7.50", name="Service charge")
    old, new = named("1"), stated(energy(name="Energy", price="1"), fee)

    assert told(old, new) == [("charges.service", "added", "", "Service charge 7.50")]
    assert summary(differences(old, new)) == "Service charge added"
    assert summary(differences(new, old)) == "Service charge removed"


def test_charges_in_another_order():
    a, b = energy(price="1"), fixed("1")

    assert told(stated(a, b), stated(b, a)) == [
        ("charges.order", "changed", "energy, service", "service, energy")
    ]


def test_windows_and_eligibility():
    bands = {**PEAK_HOUR["bands"], "peak": [{"days": "weekday", "from": "16:00", "to": "20:00"}]}
    new = {**PEAK_HOUR, "bands": bands, "eligibility": {"categories": ["office"]}}

    assert [(path, kind) for path, kind, *_ in told(PEAK_HOUR, new)] == [
        ("eligibility", "added"),
        ("bands.peak.1.days", "added"),
    ]


def test_a_plan():
    charges = [{**charge} for charge in RBE["charges"]]
    charges[1]["price"] = "6.49"
    new = {**RBE, "charges": charges, "tax": {"kind": "percent", "percent": "7"}, "to": None}

    rows = differences(RBE, new)

    assert told(RBE, new) == [
        ("last_day", "removed", "2026-12-31", ""),
        ("tax.percent", "changed", "5", "7"),
        ("charges.admin.price", "changed", "5.99", "6.49"),
    ]
    assert summary(rows) == (
        "Last day removed; Tax, Percentage: 5 → 7; Administrative Fee: Price: 5.99 → 6.49"
    )


def test_another_tariff_for_a_service_of_a_plan():
    new = {**RBE, "services": [{"commodity": "electricity", "tariff": "green"}]}

    assert told(RBE, new) == [
        ("services.green", "added", "", "commodity electricity, tariff green"),
        ("services.standard-rate", "removed", "commodity electricity, tariff standard-rate", ""),
    ]


def test_a_long_summary_is_cut():
    new = {**WATER, "description": "x" * 50, "name": "Water", "zone": "UTC", "currency": "EUR",
           "rounding": "up"}  # fmt: skip

    assert summary(differences({**WATER, "description": "y"}, new)) == (
        "Name: Test tariff → Water; Description: y → " + "x" * 50 + "; "
        "Currency: USD → EUR; Time zone: America/New_York → UTC; and 1 more change"
    )


def test_rows_do_not_depend_on_the_order_of_fields():
    turned = {name: WATER[name] for name in reversed(WATER)}

    assert told(FLAT, WATER) == told({**FLAT}, turned)


def test_nothing_to_sum_up():
    assert summary([]) == ""

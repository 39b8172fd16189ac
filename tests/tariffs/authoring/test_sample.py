"""Sample bills come out as the requirements work them by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tariffs import engine, plans
from tariffs.authoring import Asked, Place, Split, asked, plan_bill, sample, samples
from tests.tariffs.bills import HERE
from tests.tariffs.definitions import FLAT, PEAK_HOUR, WATER, WINTER_DISCOUNT, definition, energy
from tests.tariffs.test_plan_terms import RBE, STANDARD

JUNE = date(2026, 6, 1)
VOLUMES = [Decimal(100), Decimal(200), Decimal(500)]


def totals(tariff, *uses, month=JUNE, **more):
    bills = samples([engine.parse(tariff)], [Decimal(use) for use in uses], month, HERE, **more)
    return [str(bill.total) for bill in bills]


def test_the_flat_sample():
    """0.12 × 100, 200, 500"""
    assert totals(FLAT, 100, 200, 500) == ["12.00", "24.00", "60.00"]


def test_the_slab_sample():
    """8; 8 + 10; 8 + 40; 8 + 40 + 60 + 15"""
    assert totals(WATER, 100, 200, 500, 1100) == ["8.00", "18.00", "48.00", "123.00"]


def test_the_seasonal_sample():
    assert totals(WINTER_DISCOUNT, 100, month=date(2026, 1, 31)) == ["9.00"]
    assert totals(WINTER_DISCOUNT, 100) == ["12.00"]


def test_the_sample_plan_with_40_units_at_peak():
    """0.99 + 6.00 + 5.99 + 2.50 = 15.48; 5 % = 0.77"""
    plan = plan_bill(plans.read(RBE), [STANDARD])

    bill = sample(
        plan.tariffs,
        Decimal(300),
        JUNE,
        HERE,
        Split({"peak-usage-fee": Decimal(40)}),
        plan.taxes,
    )

    assert bill.total == Decimal("16.25")
    assert {line.name: line.amount for line in bill.lines} == {
        "service": Decimal("0.99"),
        "Peak Usage Fee": Decimal("6.00"),
        "Administrative Fee": Decimal("5.99"),
        "Document Processing": Decimal("2.50"),
        "Tax": Decimal("0.77"),
    }
    assert bill.average == Decimal("0.054167")


def test_a_plan_without_a_tax_has_those_of_the_utility_and_the_rounding_of_its_tariff():
    """5.99 + 2.50 + 0.99 = 9.48; 10 % = 0.95; to 0.05: 10.45"""
    untaxed = plans.read({name: value for name, value in RBE.items() if name != "tax"})
    tax = engine.Tax("vat", "VAT", 10 * 10**8)

    plan = plan_bill(untaxed, [{**STANDARD, "total": {"to": "0.05"}}], [tax])

    assert sample(plan.tariffs, Decimal(0), JUNE, HERE, None, plan.taxes).total == Decimal("10.45")


def test_without_a_split_the_use_is_even_over_the_month():
    """8 of 24 hours at 0.08, 12 at 0.12, 4 at 0.18: (0.64 + 1.44 + 0.72) ÷ 24 × 720"""
    (bill,) = samples([engine.parse(PEAK_HOUR)], [Decimal(720)], JUNE, HERE)

    assert bill.total == Decimal("84.00")
    assert {line.label["band"]: line.quantity for line in bill.lines} == {
        "off_peak": 240,
        "standard": 360,
        "peak": 120,
    }


@pytest.mark.parametrize("use", ["0.001", "100", "299.999"])
def test_an_even_use_loses_nothing(use):
    bill = sample([engine.parse(PEAK_HOUR)], Decimal(use), date(2026, 3, 1), HERE)

    assert sum(line.quantity for line in bill.lines) == Decimal(use)


def test_a_split_in_percent_holds_for_every_use():
    share = Split({"off_peak": Decimal(50), "standard": Decimal(30), "peak": Decimal(20)}, True)

    assert totals(PEAK_HOUR, 100, 200, split=share) == ["11.20", "22.40"]


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ({"peak": "10"}, "does not say how much is used in off_peak, standard"),
        ({"off_peak": "60", "standard": "30", "peak": "20"}, "more than the use"),
        ({"off_peak": "50", "standard": "30", "peak": "10"}, "less than the use"),
        ({"off_peak": "50", "standard": "60", "peak": "-10"}, "must not be negative"),
    ],
)
def test_a_split_must_fit(bands, said):
    split = Split({name: Decimal(units) for name, units in bands.items()})

    with pytest.raises(engine.UsageError, match=said):
        totals(PEAK_HOUR, 100, split=split)


def test_lines_tell_quantity_price_and_slab():
    bill = sample([engine.parse(WATER)], Decimal("100.5"), JUNE, HERE)

    assert [(line.quantity, line.unit_price, line.amount) for line in bill.lines] == [
        (100, Decimal("0.08"), Decimal("8.00")),
        (Decimal("0.5"), Decimal("0.10"), Decimal("0.05")),
    ]
    assert bill.average == Decimal("0.080100")


def test_services_of_a_plan_have_a_use_each():
    sewer = definition(
        energy(unit="m3", commodity="water", price="2", share_percent="90"),
        code="sewer",
        commodity="sewer",
    )
    tariffs = [engine.parse(each) for each in (FLAT, WATER, sewer)]

    bill = sample(tariffs, {"electricity": Decimal(100), "water": Decimal(10)}, JUNE, HERE)

    told = [line.amount for line in bill.lines if line.kind != "info"]
    assert told == [12, Decimal("0.80"), 18]
    assert bill.average is None


def test_attributes_numbers_and_conditions_of_the_place():
    rain = definition(energy(unit="m2", attribute="area", price="0.05"), commodity="sewer")
    gas = definition(
        energy(
            price="0.10",
            conversion={"from": "m3", "factors": [{"name": "Calorific value", "given": "cv"}]},
            when=["social"],
        ),
        commodity="gas",
    )
    place = Place({"area": Decimal(120)}, {"cv": Decimal("11.1")}, frozenset({"social"}))

    assert totals(rain, 0, place=place) == ["6.00"]
    assert totals(gas, 100, place=place) == ["111.00"]
    with pytest.raises(engine.UsageError):
        totals(rain, 0)


def test_demand_is_the_even_power():
    """720 kWh in 720 hours are 1 kW"""
    power = definition(energy(price="0"), {"code": "power", "kind": "demand", "unit": "kW",
                                           "price": "5"})  # fmt: skip

    assert totals(power, 720) == ["5.00"]


def test_windows_may_be_finer_than_quarter_hours():
    """48 of 1440 minutes at 0.30, the rest at 0.10"""
    bands = {
        "peak": [{"from": "17:06", "to": "17:54"}],
        "rest": [{"from": "17:54", "to": "17:06"}],
    }
    prices = [{"band": "peak", "price": "0.30"}, {"band": "rest", "price": "0.10"}]

    assert totals(definition(energy(prices=prices), bands=bands), 3000) == ["320.00"]


def test_a_split_leaves_other_channels_empty():
    feed = energy(code="feed", kind="credit", prices=PEAK_HOUR["charges"][0]["prices"])
    both = {**PEAK_HOUR, "charges": [*PEAK_HOUR["charges"], feed]}
    split = Split({"off_peak": Decimal(100), "standard": Decimal(0), "peak": Decimal(0)})

    assert totals(both, 100, split=split) == ["8.00"]


@pytest.mark.parametrize(
    ("use", "said"), [("0.0001", "finer"), ("1e30", "too great"), ("-1", "negative")]
)
def test_a_use_that_no_meter_shows_is_refused(use, said):
    with pytest.raises(engine.UsageError, match=said):
        totals(FLAT, use)


def test_earlier_months_were_like_this_one():
    much = {"use_of": "import", "unit": "kWh", "last_periods": 3, "above": "900"}
    tariff = definition(energy(price="0.10"), {"code": "much", "kind": "fixed", "price": "5",
                                               "when": [much]})  # fmt: skip

    assert totals(tariff, 300, 301) == ["30.00", "35.10"]


def test_what_a_calculator_must_ask():
    gas = energy(
        code="gas",
        price="0.10",
        conversion={"from": "m3", "factors": [{"name": "Calorific value", "given": "cv"}]},
        when=[{"not": "exempt"}],
    )
    rain = energy(code="rain", unit="m2", attribute="area", price="0.05")

    assert asked([engine.parse(definition(gas, rain, commodity="gas"))]) == Asked(
        "m3", (), ("area",), ("cv",), ("exempt",)
    )
    assert asked([engine.parse(PEAK_HOUR)]).bands == ("off_peak", "standard", "peak")
    assert asked([engine.parse(STANDARD)]).unit == ""


def test_nothing_has_no_average():
    assert sample([engine.parse(FLAT)], Decimal(0), JUNE, HERE).average is None


def test_a_tariff_that_is_not_in_force_is_told():
    bill = sample([engine.parse(FLAT)], Decimal(1), date(2019, 1, 1), HERE)

    assert bill.warnings

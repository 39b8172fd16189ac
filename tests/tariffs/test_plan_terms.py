"""What a plan says: the sample of the requirements word for word, and what is refused by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from core.money import from_minor
from tariffs import engine, plans
from tests.tariffs.bills import HERE, days
from tests.tariffs.definitions import definition, energy, fixed

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
RBE = {
    "format": 1,
    "code": "RBE",
    "name": "Residential Basic Electricity",
    "description": "A simple electricity plan for residential customers",
    "frequency": "monthly",
    "currency": "USD",
    "from": "2026-01-01",
    "to": "2027-01-01",
    "tax": {"kind": "percent", "percent": "5"},
    "eligibility": {"categories": ["single-family"]},
    "services": [{"commodity": "electricity", "tariff": "standard-rate"}],
    "charges": [
        {
            "code": "peak-usage-fee",
            "name": "Peak Usage Fee",
            "kind": "variable",
            "commodity": "electricity",
            "unit": "kWh",
            "price": "0.15",
            "hours": [{"from": "16:00", "to": "20:00"}],
        },
        {"code": "admin", "name": "Administrative Fee", "kind": "fixed", "price": "5.99"},
        {"code": "documents", "name": "Document Processing", "kind": "fixed", "price": "2.50"},
    ],
    "change_summary": "Initial plan creation",
}
STANDARD = definition(fixed("0.99"), code="standard-rate", rate_type="fixed")


def with_charge(**charge):
    return {**RBE, "charges": [*RBE["charges"], charge]}


def test_the_sample_plan_comes_to_16_25():
    """0.99 + 40 × 0.15 + 5.99 + 2.50 = 15.48; 5 % = 0.77 (domain.md section 1 row 19)"""
    terms = plans.read(RBE)
    own = plans.own_tariffs(terms)
    segments = [
        engine.Segment(engine.parse(each), JUNE, JUNE, HERE, key="a")
        for each in (STANDARD, own["electricity"], own[""])
    ]
    at_peak = engine.Registers({"peak-usage-fee": np.array([40_000])})
    tax = plans.tax_of(terms.tax, terms.currency)

    rated = engine.rate(segments, {(1, "import"): at_peak}, [tax], currency="USD", n=1)

    lines = {c.name: from_minor(int(c.amount_minor[0]), "USD") for c in rated.columns}
    assert lines == {
        "service": Decimal("0.99"),
        "Peak Usage Fee": Decimal("6.00"),
        "Administrative Fee": Decimal("5.99"),
        "Document Processing": Decimal("2.50"),
        "Tax": Decimal("0.77"),
    }
    assert rated.total_minor.tolist() == [16_25]


def test_what_is_common_is_billed_once_and_what_is_of_a_service_with_it():
    two = [*RBE["services"], {"commodity": "water", "tariff": "town-water"}]
    fee = {"code": "levy", "name": "Levy", "kind": "variable", "percent": "3", "of": ["@all"]}
    rain = {"code": "rain", "name": "Rain", "kind": "consumption", "commodity": "water",
            "unit": "m3", "price": "0.20"}  # fmt: skip

    own = plans.own_tariffs(
        plans.read({**RBE, "services": two, "charges": [*RBE["charges"], fee, rain]})
    )

    codes = {of: [charge["code"] for charge in each["charges"]] for of, each in own.items()}
    assert codes == {
        "electricity": ["peak-usage-fee", "levy"],
        "water": ["levy", "rain"],
        "": ["admin", "documents"],
    }
    assert [engine.parse(each).code for each in own.values()] == [
        "plan-rbe-electricity",
        "plan-rbe-water",
        "plan-rbe-common",
    ]
    assert all("to" not in each for each in own.values())


def test_a_plan_without_charges_has_no_tariff_of_its_own():
    assert plans.own_tariffs(plans.read({**RBE, "charges": []})) == {}


def test_the_charges_of_a_plan_round_the_bill_as_its_tariff_does():
    own = plans.own_tariffs(plans.read(RBE), {"electricity": {"to": "0.05"}})

    assert [each["total"] for each in own.values()] == [{"to": "0.05"}, {"to": "0.05"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "format: 2 is not known"),
        ({"code": "Sixteen-letters-"}, "code: is longer than 15 letters"),
        ({"code": "RB E"}, "code: 'RB E' must be letters"),
        ({"name": " "}, "name: must be a text"),
        ({"name": "x" * 121}, "name: is longer than 120 letters"),
        ({"currency": "usd"}, "currency: 'usd' must be three capital letters"),
        ({"to": "2026-01-01"}, "to: 2026-01-01 must be after 2026-01-01"),
        ({"frequency": "weekly"}, "frequency: 'weekly' must be one of monthly, bi_monthly"),
        ({"services": []}, "services: a plan needs at least one service"),
        (
            {"services": [{"commodity": "heat", "tariff": "x"}]},
            r"services\[0\].commodity: 'heat' must be one of",
        ),
        (
            {"services": [*RBE["services"], *RBE["services"]]},
            r"services\[1\].tariff: 'standard-rate' is named twice",
        ),
        ({"tax": {"kind": "percent", "percent": "0"}}, "tax.percent: must be above zero"),
        ({"tax": {"kind": "flat", "amount": "0"}}, "tax.amount: must be above zero"),
        ({"tax": {"kind": "percent", "percent": "-5"}}, "tax.percent: must not be negative"),
        ({"tax": {"kind": "exempt"}}, "tax.reason: is missing"),
        ({"tax": {"kind": "exempt", "reason": "x", "percent": "5"}}, "tax.percent: belongs to"),
        ({"tax": "5"}, "tax: must be an object"),
        ({"surprise": 1}, "surprise: is not a field"),
        ({"eligibility": {"zones": []}}, "eligibility.zones: is not a field"),
    ],
)
def test_a_plan_is_refused_by_its_field(change, said):
    with pytest.raises(engine.TariffError, match=f"^{said}"):
        plans.read({**RBE, **change})


@pytest.mark.parametrize(
    ("charge", "said"),
    [
        ({"code": "admin", "name": "A", "kind": "fixed", "price": "1"}, "code: 'admin' is used"),
        ({"code": "x", "kind": "fixed", "price": "1"}, "name: is missing"),
        ({"code": "x", "name": "X", "kind": "rent", "price": "1"}, "kind: 'rent' must be one of"),
        ({"code": "x", "name": "X", "kind": "fixed"}, "price: is missing"),
        (
            {"code": "x", "name": "X", "kind": "consumption", "unit": "kWh", "price": "1"},
            "commodity: is missing",
        ),
        (
            {"code": "x", "name": "X", "kind": "consumption", "commodity": "water", "price": "1"},
            "commodity: 'water' is no service",
        ),
        (
            {
                "code": "x",
                "name": "X",
                "kind": "consumption",
                "commodity": "electricity",
                "unit": "furlong",
                "price": "1",
            },
            "unit: 'furlong' must be one of",
        ),
        (
            {"code": "x", "name": "X", "kind": "variable", "percent": "3", "of": ["energy"]},
            r"of\[0\]: 'energy' is neither",
        ),
        (
            {"code": "x", "name": "X", "kind": "variable", "percent": "3", "of": []},
            "of: must name",
        ),
        (
            {
                "code": "x",
                "name": "X",
                "kind": "variable",
                "percent": "3",
                "of": ["@all"],
                "price": "1",
            },
            "price: a percentage has none",
        ),
        (
            {
                "code": "x",
                "name": "X",
                "kind": "variable",
                "commodity": "electricity",
                "unit": "kWh",
                "price": "1",
                "hours": [],
            },
            "hours: must hold at least one row",
        ),
    ],
)
def test_a_service_charge_is_refused_by_its_field(charge, said):
    with pytest.raises(engine.TariffError, match=rf"^charges\[3\]\.{said}"):
        plans.read(with_charge(**charge))


def test_numbers_and_hours_of_charges_are_checked_by_the_engine():
    wrong = plans.own_tariffs(plans.read(with_charge(code="x", name="X", kind="fixed", price="-1")))

    with pytest.raises(engine.TariffError, match="price"):
        engine.parse(wrong[""])


def test_a_fee_may_follow_another_of_its_service():
    fee = {
        "code": "levy",
        "name": "Levy",
        "kind": "variable",
        "commodity": "electricity",
        "percent": "10",
        "of": ["peak-usage-fee", "@fixed"],
    }

    own = plans.own_tariffs(plans.read(with_charge(**fee)))["electricity"]

    assert engine.parse(own).charges[-1].of == ("peak-usage-fee",)


def test_energy_is_priced_beside_a_plan():
    own = plans.own_tariffs(plans.read(RBE))
    tariffs = [definition(energy(price="0.10")), own["electricity"]]
    segments = [engine.Segment(engine.parse(t), JUNE, JUNE, HERE, key="a") for t in tariffs]
    hours = engine.Intervals(JUNE.starts_at, 3600, np.full((1, 720), 1000))

    rated = engine.rate(segments, {(0, "import"): hours, (1, "import"): hours}, [],
                        currency="USD", n=1)  # fmt: skip

    assert [int(c.amount_minor[0]) for c in rated.columns if c.shown[0]] == [72_00, 18_00]

"""A plan goes into the wizard's answers and back without a loss, and each rule names its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tariffs import plans
from tariffs.authoring import NotExpressible
from tariffs.authoring.plain import plain
from tariffs.authoring.plan_around import Around, RateFacts
from tariffs.authoring.plan_checks import plan_checks
from tariffs.authoring.plan_form import coded, plan_definition, plan_state_of
from tariffs.authoring.plan_state import PlanCharge, PlanTax, ServiceRow, TaxBand
from tests.tariffs.test_plan_terms import RBE

TODAY = date(2026, 1, 1)
RATE = RateFacts("standard-rate", "Standard Rate", "electricity", "fixed", TODAY,
                 categories=("residential",))  # fmt: skip
TREE = {"residential": ("single-family",), "commercial": ("office",)}
AROUND = Around(
    TODAY,
    names={"green": "Green (GRN)"},
    codes={"grn": "Green (GRN)"},
    tree=TREE,
    words={"office": "Office"},
    rates={
        "standard-rate": RATE,
        "old": replace(RATE, code="old", name="Old", end=TODAY),
        "off": replace(RATE, code="off", name="Off", is_active=False),
        "next": replace(RATE, code="next", name="Next", first_day=date(2027, 1, 1)),
    },
)
TWO_PEAKS = {
    "code": "peaks", "name": "Peaks", "kind": "variable", "commodity": "electricity",
    "unit": "kWh", "price": "0.02",
    "hours": [{"days": "weekday", "from": "07:00", "to": "10:00"},
              {"days": ["weekday"], "from": "17:00", "to": "24:00"}],
}  # fmt: skip
RICH = {
    **RBE,
    "to": None,
    "tax": {"kind": "tiered", "bands": [{"up_to": 50, "percent": "3"},
                                        {"up_to": None, "percent": "5.5"}]},
    "eligibility": {"categories": ["single-family"], "areas": ["north"]},
    "services": [*RBE["services"], {"commodity": "electricity", "tariff": "metering"}],
    "charges": [
        *RBE["charges"], TWO_PEAKS,
        {"code": "levy", "name": "Levy", "kind": "variable", "commodity": "electricity",
         "percent": "2", "of": ["@energy", "peaks"], "tax_class": "none", "when": ["solar"]},
        {"code": "grid", "name": "Grid", "kind": "consumption", "commodity": "electricity",
         "unit": "kWh", "price": "0.01"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "stated",
    [RBE, RICH, {**RBE, "tax": None}, {**RBE, "tax": {"kind": "exempt", "reason": "Charity"}},
     {**RBE, "tax": {"kind": "flat", "amount": "2"}}],
)  # fmt: skip
def test_a_plan_comes_back_as_it_was(stated):
    again = plan_definition(plan_state_of(stated))

    without = {name: value for name, value in stated.items() if value is not None}
    if stated is not RICH:
        assert plain(again) == plain(without)
    assert plans.read(again).services == plans.read(stated).services
    assert plan_state_of(again) == plan_state_of(stated)
    assert plan_checks(plan_state_of(stated), AROUND) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"services": [*RBE["services"], {"commodity": "gas", "tariff": "g"},
                       {"commodity": "electricity", "tariff": "b"}]}, "services.order"),
        ({"tax": {"kind": "percent", "percent": "5", "above": "20"}}, "tax.above"),
        ({"charges": [{**TWO_PEAKS, "hours": [{"days": "sat"}]}]}, "charges.hours.days"),
        ({"charges": [{"code": "a", "name": "A", "kind": "fixed", "price": "1",
                       "when": [{"not": "solar"}]}]}, "when"),
    ],
)  # fmt: skip
def test_what_the_form_cannot_say_is_named_and_not_lost(change, named):
    with pytest.raises(NotExpressible) as refused:
        plan_state_of({**RBE, **change})

    assert refused.value.path == named


def basics(**change):
    said = plan_state_of(RBE)
    return replace(said, basics=replace(said.basics, **change))


def charge(**change):
    said = plan_state_of(RBE)
    row = PlanCharge("x", "X", "variable", "electricity", "1", unit="kWh", hours="7:00 to 9:00")
    return replace(said, charges=(*said.charges, replace(row, **change)))


def service(*rows):
    return replace(plan_state_of(RBE), services=rows)


def electric(tariff):
    return ServiceRow("electricity", tariff)


RULES = [
    (basics(name=" "), "name", "text_missing"),
    (basics(name="GREEN"), "name", "taken"),
    (basics(code=""), "code", "text_missing"),
    (basics(code="SIXTEEN-LETTERS-"), "code", "text_long"),
    (basics(code="R B"), "code", "short_name_wrong"),
    (basics(code="grn"), "code", "taken"),
    (basics(code="New"), "code", "reserved"),
    (basics(description=""), "description", "text_missing"),
    (basics(frequency="daily"), "frequency", "not_a_choice"),
    (basics(tax=PlanTax("vat", "5")), "kind", "not_a_choice"),
    (basics(tax=PlanTax("percent", "0")), "rate", "not_above_zero"),
    (basics(tax=PlanTax("percent", "-5")), "rate", "negative"),
    (basics(tax=PlanTax("percent", "101")), "rate", "above_most"),
    (basics(tax=PlanTax("flat", "five")), "rate", "not_a_number"),
    (basics(tax=PlanTax("tiered")), "bands", "bands_missing"),
    (
        basics(tax=PlanTax("tiered", bands=(TaxBand("", "3"), TaxBand("", "5")))),
        "bands[0].up_to",
        "bound_not_above",
    ),
    (basics(tax=PlanTax("tiered", bands=(TaxBand("9", "3"),))), "bands[0].up_to", "last_is_open"),
    (basics(tax=PlanTax("exempt")), "reason", "text_missing"),
    (basics(first_day=None), "first_day", "day_missing"),
    (basics(first_day=date(2025, 12, 31)), "first_day", "in_the_past"),
    (basics(last_day=date(2025, 12, 31)), "last_day", "before_first"),
    (replace(plan_state_of(RBE), categories=()), "categories", "categories_missing"),
    (replace(plan_state_of(RBE), categories=("moon",)), "categories", "category_unknown"),
    (replace(service(), charges=()), "services", "services_missing"),
    (service(electric("")), "services.electricity", "tariff_missing"),
    (service(electric("old")), "services.electricity", "expired"),
    (service(electric("off")), "services.electricity", "inactive"),
    (service(electric("next")), "services.electricity", "begins_later"),
    (
        replace(plan_state_of(RBE), categories=("office",)),
        "services.electricity",
        "serves_others",
    ),
    (charge(name=""), "charges[3].name", "text_missing"),
    (charge(name="peak usage fee"), "charges[3].name", "twice"),
    (charge(kind="odd"), "charges[3].kind", "not_a_choice"),
    (charge(amount=""), "charges[3].amount", "number_missing"),
    (charge(amount="-1"), "charges[3].amount", "negative"),
    (charge(commodity="gas"), "charges[3].commodity", "not_a_service"),
    (charge(commodity=""), "charges[3].commodity", "service_missing"),
    (charge(unit="kg"), "charges[3].unit", "not_a_choice"),
    (charge(hours=""), "charges[3].hours", "hours_missing"),
    (charge(hours="evening"), "charges[3].hours", "hours_wrong"),
    (charge(hours="09:00-09:00"), "charges[3].hours", "hours_wrong"),
    (charge(how="percent"), "charges[3].of", "of_missing"),
    (charge(how="percent", of=("admin",)), "charges[3].of", "of_unknown"),
]


@pytest.mark.parametrize(("said", "field", "code"), RULES, ids=lambda v: v if isinstance(v, str) else "")  # fmt: skip
def test_every_rule_of_a_plan_names_its_field(said, field, code):
    assert (field, code) in {(check.field, check.code) for check in plan_checks(said, AROUND)}


def test_charges_get_codes_of_their_own_and_keep_those_they_have():
    rows = [PlanCharge("fee", "Old"), PlanCharge(name="Fee"), PlanCharge(name="Gebühr"),
            PlanCharge(name="費")]  # fmt: skip

    assert [row.code for row in coded(rows)] == ["fee", "fee-2", "gebuhr", "charge"]

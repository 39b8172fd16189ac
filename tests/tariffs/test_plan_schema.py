"""The schema of plans: what fits is read, and what is broken fits neither schema nor program."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from tariffs import engine, plans
from tariffs.engine.choices import Beside
from tariffs.engine.measures import MEASURED_UNITS
from tariffs.engine.reading.quantity import COMMODITIES
from tests.house.code import ROOT
from tests.tariffs.test_plan_terms import RBE, with_charge

REFERENCE = ROOT / "docs" / "reference"
SCHEMA = json.loads((REFERENCE / "plan.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

CHARGE = {"code": "c", "name": "C"}
PERCENT = {**CHARGE, "kind": "variable", "percent": "2.5", "of": ["@energy", "@fixed"]}
BY_HOURS = RBE["charges"][0] | {"code": "c"}
PER_UNIT = {
    **CHARGE,
    "kind": "consumption",
    "commodity": "electricity",
    "unit": "kWh",
    "price": "1",
}
FIXED = {**CHARGE, "kind": "fixed", "price": "1"}
TIERS = [{"up_to": "50.00", "percent": "0"}, {"percent": "5"}]


def without(plan: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in plan.items() if key != name}


def read(plan: Any) -> None:
    """Read a plan as import_plan does: its terms, and the tariffs of its own charges."""
    for own in plans.own_tariffs(plans.read(plan)).values():
        engine.parse(own)


RIGHT = {
    "the sample": RBE,
    "the least": {key: RBE[key] for key in ("code", "name", "currency", "from", "services")},
    "an open end": {**RBE, "to": None, "tax": None},
    "two services": {**RBE, "services": [*RBE["services"], {"commodity": "water", "tariff": "w"}]},
    "areas": {**RBE, "eligibility": {"categories": [], "areas": ["north"]}},
    "a tax by bands": {**RBE, "tax": {"kind": "tiered", "bands": TIERS}},
    "a tax for each bill": {**RBE, "tax": {"kind": "flat", "amount": "1.00", "name": "Fee"}},
    "no tax, and why": {**RBE, "tax": {"kind": "exempt", "reason": "Residential use"}},
    "a percentage": with_charge(**PERCENT),
    "a percentage of a charge above": with_charge(**PERCENT | {"commodity": "electricity", "of": ["peak-usage-fee"]}),
    "a price in some hours": with_charge(**BY_HOURS | {"hours": [{"days": ["sat", "sun"]}, {"days": "weekday", "from": "22:00", "to": "06:00"}]}),
    "a price of all use": with_charge(**PER_UNIT),
    "a charge by the day": with_charge(**FIXED, basis="day", tax_class="basic", when=["paperless", {"not": "exempt"}]),
}  # fmt: skip
BROKEN = {
    "no services": {**RBE, "services": []},
    "no short name": without(RBE, "code"),
    "no currency": without(RBE, "currency"),
    "no first day": without(RBE, "from"),
    "a long short name": {**RBE, "code": "A" * 16},
    "a short name with blanks": {**RBE, "code": "my plan"},
    "a long name": {**RBE, "name": "n" * 121},
    "another format": {**RBE, "format": 2},
    "a misspelt field": {**RBE, "frequenzy": "monthly"},
    "another frequency": {**RBE, "frequency": "weekly"},
    "a currency in small letters": {**RBE, "currency": "usd"},
    "no day of a calendar": {**RBE, "from": "1 January 2026"},
    "an unknown service": {**RBE, "services": [{"commodity": "steam", "tariff": "s"}]},
    "a service without a tariff": {**RBE, "services": [{"commodity": "water"}]},
    "a tax without its number": {**RBE, "tax": {"kind": "percent"}},
    "a tax with the number of another": {**RBE, "tax": {"kind": "exempt", "reason": "r", "percent": "5"}},
    "an exemption without a reason": {**RBE, "tax": {"kind": "exempt"}},
    "eligibility of another kind": {**RBE, "eligibility": {"cities": ["x"]}},
    "a charge without a name": with_charge(**without(FIXED, "name")),
    "a charge without a price": with_charge(**CHARGE, kind="fixed"),
    "a negative price": with_charge(**FIXED | {"price": "-1"}),
    "a kind that is none": with_charge(**FIXED | {"kind": "demand"}),
    "a field of another kind": with_charge(**FIXED, unit="kWh"),
    "units of no service": with_charge(**without(PER_UNIT, "commodity")),
    "a unit that is none": with_charge(**PER_UNIT | {"unit": "BTU"}),
    "hours of nothing": with_charge(**BY_HOURS | {"hours": []}),
    "an hour that is none": with_charge(**BY_HOURS | {"hours": [{"from": "4pm"}]}),
    "a percentage of nothing": with_charge(**PERCENT | {"of": []}),
    "a percentage and a price": with_charge(**PERCENT, price="1"),
    "an unknown basis": with_charge(**FIXED, basis="week"),
    "a list": [RBE],
}  # fmt: skip


@pytest.mark.parametrize("plan", RIGHT.values(), ids=RIGHT)
def test_what_fits_the_schema_is_read(plan):
    assert [error.message for error in VALIDATOR.iter_errors(plan)] == []
    read(plan)


@pytest.mark.parametrize("plan", BROKEN.values(), ids=BROKEN)
def test_a_broken_plan_fits_neither_schema_nor_program(plan):
    assert list(VALIDATOR.iter_errors(plan))
    with pytest.raises(engine.TariffError):
        read(plan)


def test_the_schema_knows_what_the_page_and_the_program_know():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    page = (REFERENCE / "plan-format.md").read_text()
    (example,) = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    table = page.split("| field |")[1].split("\n\n")[0]
    named = {
        n
        for cell in re.findall(r"^\| (`.*?) \|", table, re.M)
        for n in re.findall(r"`(\w+)`", cell)
    }

    assert list(VALIDATOR.iter_errors(example)) == []
    assert set(SCHEMA["properties"]) == named
    assert SCHEMA["$defs"]["unit"]["enum"] == list(MEASURED_UNITS)
    assert SCHEMA["$defs"]["commodity"]["enum"] == list(COMMODITIES)
    beside = SCHEMA["$defs"]["percentage"]["properties"]["of"]["items"]["anyOf"][0]["enum"]
    assert set(beside) == set(Beside)

"""The published schema and the page of the files of rate say what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tariffs import engine
from tests.house.code import ROOT
from tests.tariffs import definitions, random_tariffs
from tests.tariffs.definitions import FLAT, PEAK_HOUR, WATER, definition, energy, fixed
from tests.tariffs.golden import corpus

DOCS = ROOT / "docs"
FILES = (DOCS / "reference" / "rate-files.md").read_text()
SCHEMA = json.loads((DOCS / "reference" / "tariff.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def wrong(tariff: Any) -> list[str]:
    """Return where a definition does not fit the schema."""
    return [
        f"{list(error.absolute_path)}: {error.message}" for error in VALIDATOR.iter_errors(tariff)
    ]


# The schema


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def tariffs_of_the_pages() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (page, json.loads(text))
        for page in sorted(DOCS.rglob("*.md"))
        for text in re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)
        if '"charges"' in text and page.name != "plan-format.md"  # it has a format of its own
    ]


def test_every_tariff_of_the_pages_fits_the_schema():
    found = tariffs_of_the_pages()

    assert len(found) > 50
    assert [(page.name, wrong(tariff)) for page, tariff in found if wrong(tariff)] == []


def test_every_tariff_of_the_tests_fits_the_schema():
    named = [value for value in vars(definitions).values() if isinstance(value, dict)]
    found = [tariff for tariff in named if "charges" in tariff]

    assert len(found) > 4
    assert [wrong(tariff) for tariff in found if wrong(tariff)] == []


@pytest.mark.parametrize("version", corpus.released())
def test_every_pinned_tariff_fits_the_schema(version):
    found = pinned(corpus.read(version)["tariffs"])

    assert found
    assert [wrong(tariff) for tariff in found if wrong(tariff)] == []


def pinned(tariffs: Any) -> list[dict[str, Any]]:
    return list(tariffs.values()) if isinstance(tariffs, dict) else tariffs


@pytest.mark.parametrize("seed", range(100))
def test_random_tariffs_fit_the_schema(seed):
    assert [
        wrong(tariff) for tariff in random_tariffs.make(seed).definitions if wrong(tariff)
    ] == []


def without(tariff: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in tariff.items() if key != name}


DEMAND = {"code": "d", "kind": "demand", "unit": "kW", "price": "1"}
TAX = {"code": "t", "kind": "percent", "percent": "5"}
BROKEN = {
    "no charges": without(FLAT, "charges"),
    "no day": without(FLAT, "from"),
    "empty charges": {**FLAT, "charges": []},
    "a misspelt field": {**FLAT, "currancy": "USD"},
    "another format": {**FLAT, "format": 2},
    "an unknown commodity": {**FLAT, "commodity": "steam"},
    "a currency in small letters": {**FLAT, "currency": "usd"},
    "a code with blanks": {**FLAT, "code": "my tariff"},
    "no day of a calendar": {**FLAT, "from": "1 January 2026"},
    "a kind that is none": definition(energy(kind="volume", price="1")),
    "no price": definition(energy()),
    "a negative price": definition(energy(price="-0.10")),
    "a price in words": definition(energy(price="ten")),
    "half a discount": definition(energy(regular="1")),
    "a unit that is none": definition(energy(unit="BTU", price="1")),
    "a field of another kind": definition(fixed("1", unit="kWh")),
    "a slab without a price": definition(energy(slabs=[{"up_to": "10"}, {"price": "1"}])),
    "no slabs": definition(energy(slabs=[])),
    "an unknown way of slabs and bands": definition(energy(price="1", slabs_with_time="mixed")),
    "an unknown width": definition(energy(price="1", slab_width="week")),
    "bounds of two things": definition(energy(price="1", slab_times={"demand": "a", "attribute": "b"})),
    "a factor without a number": definition(energy(price="1", conversion={"from": "m3", "factors": [{"name": "x"}]})),
    "a demand in kWh": definition({**DEMAND, "unit": "kWh"}),
    "a ratchet without months": definition({**DEMAND, "ratchet": {"percent": "80"}}),
    "a minimum of nothing": definition({"code": "m", "kind": "minimum", "price": "1"}),
    "a percentage without a purpose": definition({"code": "p", "kind": "percent", "percent": "1", "of": ["x"]}),
    "a percentage and bands": definition({"code": "p", "kind": "percent", "purpose": "tax", "percent": "1", "bands": [{"percent": "1"}], "of": ["x"]}),
    "a condition of use without bounds": definition(energy(price="1", when=[{"use_of": "import", "unit": "kWh"}])),
    "a term of two kinds": definition(energy(price="1", when=[{"not": "a", "any": ["b"]}])),
    "a season without an end": {**FLAT, "seasons": {"winter": [{"first": "11-01"}]}},
    "an hour that is none": {**PEAK_HOUR, "bands": {"peak": [{"from": "6am"}]}},
    "a tax without its number": {**FLAT, "taxes": [{"code": "t", "kind": "percent"}]},
    "a tax with the number of another": {**FLAT, "taxes": [{**TAX, "kind": "flat"}]},
    "an example without a total": {**WATER, "examples": [{"first": "2026-01-01", "last": "2026-01-02"}]},
    "a list": [FLAT],
}  # fmt: skip


@pytest.mark.parametrize("tariff", BROKEN.values(), ids=BROKEN)
def test_a_broken_tariff_fits_neither_schema_nor_engine(tariff):
    assert wrong(tariff)
    with pytest.raises(engine.TariffError):
        engine.parse(tariff)


def test_credit_that_outlives_the_calendar_is_refused():
    lots = {"code": "c", "kind": "credit", "unit": "kWh", "price": "1", "settle": "lots"}
    lots |= {"applies_to": ["energy"], "expires_after_months": 10**9}

    with pytest.raises(
        engine.TariffError, match=r"charges\[1\].expires_after_months: must be from 1"
    ):
        engine.parse(definition(energy(price="1"), lots))


# The page of the files


def test_the_account_file_of_the_page_is_read(rate):
    (account,) = (json.loads(text) for text in blocks("json"))
    conversion = {"from": "m3", "factors": [{"name": "kWh in a m³", "given": "calorific-value"}]}
    tariff = definition(
        energy(price="1", conversion=conversion, when=["social"]),
        energy(code="area", unit="m2", attribute="area", price="1"),
        fixed("1", basis="served_day", when=["paperless"]),
        {**DEMAND, "code": "power", "source": "power"},
        {"code": "yearly", "kind": "minimum", "basis": "year", "price": "0", "of": ["energy"]},
        {"code": "fed-back", "kind": "credit", "unit": "kWh", "price": "1", "settle": "lots", "applies_to": ["energy"]},
        commodity="gas",
    )  # fmt: skip
    rows = [
        f"2026-0{month}-01,2026-0{month + 1}-01,{channel},1,{unit}"
        for month in (1, 2)
        for channel, unit in (("import", "m3"), ("power", "kW"), ("export", "kWh"))
    ]

    result = rate(
        tariff, "period_start,period_end,channel,value,unit", *rows, account=account, as_json=True
    )

    assert len(result["periods"]) == 2 and result["warnings"] == []


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", FILES, re.DOTALL)


def test_the_printed_object_of_the_page_is_what_comes_out(rate):
    printed = next(json.loads(text) for text in blocks("text") if text.startswith('{"currency"'))
    tariff = definition(energy(name="Energy", price="0.12"), code="flat")
    row = "2026-01-01,2026-02-01,import,412,kWh"

    assert rate(tariff, "period_start,period_end,channel,value,unit", row, as_json=True) == printed


def test_the_table_of_the_account_file_names_what_is_read():
    source = (ROOT / "tariffs/rate_file/account.py").read_text()
    section = FILES.split("## Account\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)

    read = set(re.findall(r'\b(?:top\.\w+\(|\w+\(top, )"(\w+)"', source))

    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == read

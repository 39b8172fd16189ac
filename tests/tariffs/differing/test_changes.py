"""Differences are said in words: every field of the formats has some, and every choice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accounts.models import ConsumerCategory
from tariffs.authoring import differences
from tariffs.differing import changes, field, value
from tariffs.differing.choices import CHOICES
from tariffs.differing.fields import FIELDS
from tests.tariffs.definitions import PEAK_HOUR, WATER, definition, energy, fixed

pytestmark = pytest.mark.django_db  # codes are told by the names of their rows

REFERENCE = Path(__file__).parents[3] / "docs/reference"
FORMATS = ("tariff.schema.json", "plan.schema.json")
ELSEWHERE = {"unit", "use_of"}  # units have symbols
DAY_TYPES = "mon tue wed thu fri sat sun holiday weekday weekend all".split()


def walk(said, name=""):
    """Yield the fields of a schema, each with the words that it may have."""
    if isinstance(said, list):
        for each in said:
            yield from walk(each, name)
    elif isinstance(said, dict):
        words = said.get("enum", [said["const"]] if "const" in said else [])
        yield from ((name, word) for word in words)
        for key, each in said.get("properties", {}).items():
            yield key, None
            yield from walk(each, key)
        for key, each in said.items():
            if key in ("anyOf", "oneOf", "allOf", "items", "additionalProperties"):
                yield from walk(each, name)
            elif key == "$defs":
                for inner, part in each.items():
                    yield from walk(part, inner)


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_and_every_choice_of_the_formats_has_words(name):
    found = list(walk(json.loads((REFERENCE / name).read_text())))
    fields = {field for field, word in found if word is None}
    choices = {
        (field, word)
        for field, word in found
        if word is not None and field not in ("unit", "from", "format", "day_type")
    }

    assert len(fields) > 20
    assert fields - set(FIELDS) == set()
    assert [each for each in sorted(choices) if each[1] not in CHOICES.get(each[0], {})] == []
    assert [word for word in DAY_TYPES if value(("bands", "x", "1", "days"), word) == word] == []


@pytest.mark.parametrize(
    ("path", "charge", "words"),
    [
        (("from",), "", "First day"),
        (("to",), "", "Last day"),
        (("total", "to"), "", "Rounding of the total, Rounded to"),
        (("benefits", "es"), "", "Benefits in Spanish"),
        (("benefits", "xx"), "", "Benefits in xx"),
        (("seasons", "winter", "1", "first"), "", "Season “winter”, days 1, First day"),
        (("bands", "peak", "2", "from"), "", "Hours of “peak”, times 2, From"),
        (("examples", "1", "use", "import"), "", "Worked example 1, import"),
        (("tax", "bands", "2", "up_to"), "", "Tax, Tier 2, Upper bound"),
        (("charges", "order"), "", "Charges, Order"),
        (("charges", "energy", "slab_rule"), "Energy", "Energy: How slabs are priced"),
        (("charges", "fee", "bands", "1", "percent"), "Fee", "Fee: Tier 1, Percentage"),
        (("charges", "energy", "prices", "winter, peak", "slabs", "over", "price"), "Energy",
         "Energy: winter, peak, Last slab, Price"),
        (("charges", "energy", "conversion", "from"), "Energy",
         "Energy: Conversion, From the unit"),
        (("taxes", "vat"), "VAT", "VAT: whole tax"),
    ],
)  # fmt: skip
def test_fields_in_words(path, charge, words):
    assert field(path, charge) == words


@pytest.mark.parametrize(
    ("path", "said", "words"),
    [
        (("to",), "2027-01-01", "December 31, 2026"),
        (("last_day",), "2026-12-31", "December 31, 2026"),
        (("seasons", "winter", "1", "first"), "11-01", "Nov 1"),
        (("seasons", "winter", "1", "first"), "13-77", "13-77"),
        (("charges", "fee", "kind"), "fixed", "Fixed"),
        (("charges", "fee", "of"), ["@all", "energy"], "all charges, energy"),
        (("charges", "power", "rolling"), True, "Yes"),
        (("bands", "peak", "1", "days"), ["mon", "tue", "wed", "thu", "fri"], "Monday to Friday"),
        (("bands", "peak", "1", "from"), "16:00", "16:00"),
        (("holidays",), ["2026-12-25"], "December 25, 2026"),
        (("charges", "fee"), {"code": "fee", "name": "Fee", "kind": "fixed", "price": "7.50"},
         "Kind: Fixed, Price: 7.50"),
        (("charges", "energy", "slabs"), [{"up_to": "100", "price": "1.0"}, {"price": "2"}],
         "Upper bound: 100, Price: 1.0; Price: 2"),
        (("seasons",), {"winter": [{"first": "11-01", "last": "02-28"}]},
         "Season “winter”: First day: Nov 1, Last day: Feb 28"),
        (("charges", "energy", "when"), ["farm", {"not": "home"}], "farm; Not: home"),
        (("examples",), [{"name": "Calm", "first": "2025-04-01", "last": "2025-04-30",
                          "use": {"import.peak": "100", "export": "4"}, "total": "12.00"},
                         {"first": "2025-04-01", "last": "2025-04-01", "conditions": ["social"],
                          "use_per_hour": {"import": "1"}, "total": "2.80"}],
         "Calm (Apr 1\u2009–\u200930, 2025): use in peak 100, export 4 → 12.00; "
         "Apr 1, 2025: use 1 an hour, social → 2.80"),
        (("description",), None, ""),
    ],
)  # fmt: skip
def test_values_in_words(path, said, words):
    assert value(path, said) == words


def test_a_default_that_is_left_out_is_said():
    old = definition(energy(price="1"), fixed("2"), zone="UTC")
    dearer = {**fixed("2"), "basis": "month"}
    new = definition(energy(price="1"), dearer, zone="UTC", clock="standard",
                     benefits={"en": "Green", "es": "Verde"})  # fmt: skip
    rows = [(row.what, row.before, row.after) for row in changes(differences(old, new))]

    assert rows == [
        ("Benefits in English", None, "Green"),
        ("Benefits in Spanish", None, "Verde"),
        ("Clock", "with summer time", "standard time all year"),
        ("service: Charged for", "each billing period", "each calendar month"),
    ]


def test_whole_definitions_are_said_without_the_names_of_fields():
    told = " ".join(
        f"{row.what} {row.before} {row.after}" for row in changes(differences(WATER, PEAK_HOUR))
    )

    for raw in ("up_to", "rate_type", "weekday", "time_based", "slab_rule", "discount_percent"):
        assert raw not in told


def test_codes_are_told_by_the_names_of_their_rows():
    ConsumerCategory.objects.create(code="single-family", name="Single Family")

    assert value(("eligibility", "categories"), ["single-family", "gone"]) == "Single Family, gone"
    assert value(("services", "electricity", "tariff"), "unknown") == "unknown"

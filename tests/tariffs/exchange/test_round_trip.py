"""What is written is read back as the very same definitions, in every form."""

from __future__ import annotations

import pytest

from tariffs import engine, exchange, operations
from tariffs.exchange import Outcome
from tariffs.models import PlanVersion, TariffVersion
from tests.tariffs.exchange.books import flat, known_definitions, random_definitions
from tests.tariffs.test_plan_terms import RBE as PLAN

RANDOM = range(150)


def same(definitions, form):
    """Return the definitions that come back from a file of them."""
    entries = exchange.read(exchange.file_of(definitions, form), f"prices.{form}")
    assert [entry.faults for entry in entries if entry.faults] == []
    return [engine.canonical(entry.definition) for entry in entries]


def apart(definitions):
    """Give every definition a code of its own, so that rows of two do not meet."""
    return [{**each, "code": f"t{i}"} for i, each in enumerate(definitions)]


@pytest.mark.parametrize("form", exchange.FORMS)
def test_every_known_definition_comes_back_as_it_was(form):
    definitions = apart(known_definitions())

    assert len(definitions) > 50
    assert same(definitions, form) == [engine.canonical(each) for each in definitions]


@pytest.mark.parametrize("form", exchange.FORMS)
def test_random_definitions_come_back_as_they_were(form):
    definitions = apart(random_definitions(RANDOM))

    assert same(definitions, form) == [engine.canonical(each) for each in definitions]


AWKWARD = [
    flat(1, name="=1+1", description="+ more\r\nand 'more'", change_summary="@once"),
    flat(2, name="'=quoted", description=" blanks around "),
    flat(3, name="Ünïcödé “quoted”, 日本 🌙;\t_x0041_", description="\x07 bell\u2028"),
    flat(4, description="-=+@ \\ \" ' " * 9000),
    flat(5, to="2027-12-31"),
    flat(6, to=None),
    flat(7, eligibility={"categories": ["single-family", "multi-family"], "areas": []}),
]


@pytest.mark.parametrize("form", exchange.FORMS)
def test_awkward_texts_come_back_as_they_were(form):
    assert same(AWKWARD, form) == [engine.canonical(each) for each in AWKWARD]


@pytest.mark.parametrize("form", exchange.FORMS)
def test_two_versions_of_one_first_day_stay_apart(form, db):
    for price in ("0.10", "0.20", "0.30"):
        charge = {"code": "energy", "kind": "energy", "unit": "kWh", "price": price}
        operations.import_tariff(flat(1, charges=[charge]), author=None)

    content = exchange.export(TariffVersion.objects.all(), form)

    assert [outcome(each) for each in previewed(content, form)] == [
        (Outcome.UNCHANGED, 1),
        (Outcome.UNCHANGED, 2),
        (Outcome.UNCHANGED, 3),
    ]


def previewed(content, form):
    from datetime import date

    return exchange.preview(exchange.read(content, f"p.{form}"), today=date(2030, 1, 1))


def outcome(each):
    return each.outcome, each.number


@pytest.mark.parametrize("form", exchange.FORMS)
def test_export_and_import_again_says_unchanged(form, db):
    """Also long after they began: what is not written is not back-dated either."""
    for i, each in enumerate([*known_definitions(), *random_definitions(range(20))]):
        operations.import_tariff({**each, "code": f"t{i}", "name": f"T {i}"}, author=None)
    tariff = {**flat(1), "code": PLAN["services"][0]["tariff"]}
    tariff["commodity"] = PLAN["services"][0]["commodity"]
    operations.import_tariff(tariff, author=None)
    operations.import_plan({**PLAN, "eligibility": {}}, author=None)

    content = exchange.export(TariffVersion.objects.all(), form, plans=PlanVersion.objects.all())
    found = previewed(content, form)

    assert len(found) == TariffVersion.objects.count() + 1 > 70
    assert {each.outcome for each in found} == {Outcome.UNCHANGED}
    assert not any(each.is_back_dated for each in found)

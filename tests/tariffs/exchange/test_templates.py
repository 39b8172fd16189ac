"""Every template is a tariff whose worked bills come out."""

from __future__ import annotations

import pytest

from tariffs import engine, exchange
from tariffs.engine import examples
from tariffs.exchange.templates import FOLDER, TITLES


def test_every_file_has_a_title_and_every_title_a_file():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(TITLES)


@pytest.mark.parametrize("template", exchange.templates(), ids=lambda template: template.key)
def test_the_worked_bills_of_a_template_come_out(template):
    parsed = engine.parse(template.definition)

    assert parsed.examples
    assert examples.failures(parsed) == []


@pytest.mark.parametrize("form", exchange.FORMS)
def test_the_filled_example_reads_back_without_a_fault(form):
    entries = exchange.read(exchange.filled_example(form), f"example.{form}")

    assert [entry.code for entry in entries] == list(TITLES)
    assert [(entry.faults, entry.notes) for entry in entries] == [((), ())] * len(entries)


def test_rows_alone_state_every_template():
    example = exchange.filled_example("csv").decode()

    assert '"{' not in example


def test_a_template_is_found_by_its_key():
    found = exchange.template("prepaid")

    assert found is not None and str(found.title) == "Prepaid, by the day"
    assert exchange.template("none") is None

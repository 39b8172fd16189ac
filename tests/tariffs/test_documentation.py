"""The reference pages on tariffs are run: every bill, every example, every field."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tariffs import engine
from tariffs.engine import examples
from tariffs.engine.reading.definition import COMMODITIES
from tariffs.engine.reading.fields import Fields

DOCS = Path(__file__).parents[2] / "docs" / "reference"
FORMAT = (DOCS / "tariff-format.md").read_text()
SCHEMA = json.loads((DOCS / "tariff.schema.json").read_text())

TABLE = "| charge | quantity | price | amount |\n|---|---:|---:|---:|\n"
ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)


NAMED_BY_THE_TARIFF = {"seasons", "bands", "bases", "use", "use_per_hour", "given", "attributes"}


@dataclass(frozen=True)
class WorkedBill:
    """A section of the pages: its files, its command and the tables that must come out."""

    title: str
    files: dict[str, str]
    command: list[str]
    tables: list[list[list[str]]]

    @property
    def tariffs(self) -> list[str]:
        return [text for text in self.files.values() if '"charges"' in text]


def worked_bills() -> list[WorkedBill]:
    pages = [DOCS / "how-a-bill-is-computed.md", *sorted(DOCS.glob("worked-bills-*.md"))]
    sections = [part for page in pages for part in page.read_text().split("\n### ")[1:]]
    return [worked_bill(section) for section in sections if "```sh" in section]


def worked_bill(section: str) -> WorkedBill:
    (command,) = blocks(section, "sh")
    program, rate, *arguments = shlex.split(command)
    assert [program, rate] == ["manage.py", "rate"]
    jsons = blocks(section, "json")
    tariffs = [text for text in jsons if '"charges"' in text]
    accounts = [text for text in jsons if '"charges"' not in text]
    files: dict[str, str] = {}
    for option, texts in (
        ("--tariff", tariffs),
        ("--usage", blocks(section, "csv")),
        ("--account", accounts),
    ):
        files |= zip(values(arguments, option), texts, strict=True)
    return WorkedBill(section.splitlines()[0], files, arguments, tables(section))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def values(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(arguments) if name == option]


def tables(section: str) -> list[list[list[str]]]:
    """Return the rows of each table of lines, without its heading."""
    return [
        [[cell.strip() for cell in row.split("|")] for row in ROW.findall(table.split("\n\n")[0])]
        for table in section.split(TABLE)[1:]
    ]


every_bill = pytest.mark.parametrize("bill", worked_bills(), ids=lambda bill: bill.title)


@every_bill
def test_worked_bill_comes_out_line_by_line(bill, tmp_path):
    for name, text in bill.files.items():
        (tmp_path / name).write_text(text)
    command = [str(tmp_path / word) if word in bill.files else word for word in bill.command]
    out = StringIO()

    call_command("rate", *command, "--json", stdout=out)

    periods = json.loads(out.getvalue())["periods"]
    assert [printed(period) for period in periods] == bill.tables


def printed(period: dict[str, Any]) -> list[list[str]]:
    """Return the lines that have an amount, and the total."""
    lines = [
        [line["charge"], line["quantity"], line["unit_price"], line["amount"]]
        for line in period["lines"]
        if line.get("kind") != "info"
    ]
    return [*lines, ["total", "", "", period["total"]]]


def test_there_are_bills_of_every_commodity_and_enough():
    tariffs = [json.loads(text) for bill in worked_bills() for text in bill.tariffs]

    assert len(worked_bills()) >= 35
    assert {tariff["commodity"] for tariff in tariffs} == set(COMMODITIES)


@every_bill
def test_examples_inside_the_tariffs_come_out(bill):
    for text in bill.tariffs:
        assert examples.failures(engine.parse(engine.load(text))) == []


def tariffs_of_the_format_page() -> list[str]:
    return [text for text in re.findall(r"```json\n(.*?)```", FORMAT, re.DOTALL) if '"from"' in text and '"$schema"' not in text]  # fmt: skip


@pytest.mark.parametrize("text", tariffs_of_the_format_page())
def test_tariffs_of_the_format_page_are_accepted(text):
    assert examples.failures(engine.parse(engine.load(text))) == []


def definitions() -> list[str]:
    worked = [text for bill in worked_bills() for text in bill.tariffs]
    return [*worked, *tariffs_of_the_format_page()]


def test_the_schema_knows_every_field_the_engine_asks_for(monkeypatch):
    """A field that `parse` looks for must be in the schema, and the other way round."""
    asked: set[str] = set()
    for method in ("has", "peek", "take", "need", "supply"):
        monkeypatch.setattr(Fields, method, listening(getattr(Fields, method), asked))
    for text in definitions():
        engine.parse(engine.load(text))
    entered = {name for text in definitions() for name in names_entered(json.loads(text))}

    fields = {name for name in asked - entered if "." not in name}  # import.peak is a register
    assert fields <= named(SCHEMA)
    assert named(SCHEMA) <= asked


def listening(method: Callable[..., Any], asked: set[str]) -> Callable[..., Any]:
    def told(fields: Fields, name: str, *rest: Any) -> Any:
        asked.add(name)
        return method(fields, name, *rest)

    return told


def names_entered(value: Any, *, is_entered: bool = False) -> set[str]:
    """Return the names that the tariff itself gives: of its seasons, bands, bases and channels."""
    if isinstance(value, list):
        return {name for item in value for name in names_entered(item)}
    if not isinstance(value, dict):
        return set()
    inside = {
        name
        for key, item in value.items()
        for name in names_entered(item, is_entered=key in NAMED_BY_THE_TARIFF)
    }
    return inside | (set(value) if is_entered else set())


def named(schema: object) -> set[str]:
    """Return the property names anywhere in a schema whose names are fixed."""
    if isinstance(schema, list):
        return {name for part in schema for name in named(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {}))
    return own | {name for part in schema.values() for name in named(part)}

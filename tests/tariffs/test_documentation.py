"""The reference pages on tariffs are run: every bill, every example, every field."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tariffs import engine
from tariffs.engine import examples

DOCS = Path(__file__).parents[2] / "docs" / "reference"
BILLS = (DOCS / "how-a-bill-is-computed.md").read_text()
FORMAT = (DOCS / "tariff-format.md").read_text()


FIELD = re.compile(  # a name between quotes, taken from the fields of an object
    r"""(?:\.(?:take|need|text|code|choice|day|day_or_none|scaled|rows|optional_rows|texts|peek)
    \(\s*|_(?:one_of|known|minute|use)\(\w+,\s*|base_units\(\w+,\s*)"(\w+)\"""",
    re.VERBOSE,
)


def worked_bills() -> list[str]:
    """Return the sections that hold a tariff, a use, a command and a table."""
    return [section for section in BILLS.split("\n### ")[1:] if "```json" in section]


def block(section: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"no {language} in {section[:40]}"
    return found[1]


def table(section: str) -> list[list[str]]:
    rows = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[1:]]


@pytest.mark.parametrize("section", worked_bills(), ids=lambda section: section.splitlines()[0])
def test_worked_bill_comes_out_line_by_line(section, tmp_path):
    (tmp_path / "tariff.json").write_text(block(section, "json"))
    (tmp_path / "use.csv").write_text(block(section, "csv"))
    options = re.findall(r"--cycle (\w+)", block(section, "sh"))
    out = StringIO()

    call_command(
        "rate",
        f"--tariff={tmp_path / 'tariff.json'}",
        f"--usage={tmp_path / 'use.csv'}",
        *(f"--cycle={option}" for option in options),
        "--json",
        stdout=out,
    )

    (period,) = json.loads(out.getvalue())["periods"]
    lines = [
        [line["charge"], line["quantity"], line["unit_price"], line["amount"]]
        for line in period["lines"]
    ]
    assert [*lines, ["total", "", "", period["total"]]] == table(section)


@pytest.mark.parametrize("section", worked_bills(), ids=lambda section: section.splitlines()[0])
def test_examples_inside_the_tariffs_come_out(section):
    assert examples.failures(engine.parse(engine.load(block(section, "json")))) == []


def tariffs_of_the_format_page() -> list[str]:
    return [text for text in re.findall(r"```json\n(.*?)```", FORMAT, re.DOTALL) if '"from"' in text and '"$schema"' not in text]  # fmt: skip


@pytest.mark.parametrize("text", tariffs_of_the_format_page())
def test_tariffs_of_the_format_page_are_accepted(text):
    assert examples.failures(engine.parse(engine.load(text))) == []


def test_the_schema_knows_every_field_the_engine_reads():
    """A field that `parse` takes must be in the schema, and the other way round."""
    (text,) = re.findall(r"```json\n(\{\s*\"\$schema\".*?)```", FORMAT, re.DOTALL)
    schema = json.loads(text)
    files = sorted((Path(engine.__file__).parent / "reading").glob("*.py"))
    read = {name for file in files for name in FIELD.findall(file.read_text())}

    assert named(schema) == read


def named(schema: object) -> set[str]:
    """Return the property names anywhere in a schema whose names are fixed."""
    if isinstance(schema, list):
        return {name for part in schema for name in named(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {}))
    return own | {name for part in schema.values() for name in named(part)}

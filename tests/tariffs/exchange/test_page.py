"""The page of the files says what the program does."""

from __future__ import annotations

import re

from tariffs import engine, exchange
from tariffs.engine import examples
from tariffs.exchange import limits
from tariffs.exchange.columns import COLUMNS
from tests.house.code import ROOT

PAGE = (ROOT / "docs/reference/price-book-files.md").read_text(encoding="utf-8")


def test_every_column_is_explained_in_its_order():
    section = PAGE.split("## CSV and Excel\n")[1].split("\n## ")[0]

    assert re.findall(r"^\| `(.*?)` \|", section, re.MULTILINE) == list(COLUMNS)


def test_the_example_reads_as_it_is_told():
    (text,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)

    (entry,) = exchange.read(text.encode(), "example.csv")

    example = {"first": "2027-06-01", "last": "2027-06-30", "use": {"import": "100.5"}}
    tariff = engine.parse({**entry.definition, "examples": [{**example, "total": "14.05"}]})
    assert examples.failures(tariff) == []
    assert entry.faults == ()
    assert entry.notes[0] in PAGE


def test_the_limits_are_those_of_the_program():
    most = f"{limits.MOST_BYTES // 1_000_000} MB, {limits.MOST_ROWS:,} rows, and {limits.MOST_ENTRIES:,} tariffs"

    assert most in PAGE


def test_every_outcome_is_explained():
    section = PAGE.split("## What comes of a file\n")[1]

    assert re.findall(r"^\| ([A-Z][a-z ]+) \|", section, re.MULTILINE) == [
        str(outcome.label) for outcome in exchange.Outcome
    ]

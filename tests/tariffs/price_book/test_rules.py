"""Every rule and acceptance criterion of plans and tariffs, each with the tests that show it.

`rules.csv` has a row for each, in the words of the requirement. Where these contradict each other
(S4 with itself, as in overlaps and past start dates) the tests show what was decided.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECTIONS = {
    "Plan Configuration Rules": 24,
    "Tariff Configuration Rules": 10,
    "Rate Configuration Rules": 8,
    "Plan-Tariff Relationship Rules": 8,
    "Version Control Rules": 6,
    "Status Management Rules": 6,
    "Error Handling Rules": 6,
    "Acceptance Criteria": 20,
}
ROWS = list(csv.DictReader((HERE / "rules.csv").read_text(encoding="utf-8").splitlines()))


def test_no_rule_is_left_out():
    assert Counter(row["section"] for row in ROWS) == SECTIONS
    assert len({(row["section"], row["rule"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_rule_is_shown_by_tests_that_exist(section):
    missing = [
        (row["rule"], name)
        for row in ROWS
        if row["section"] == section
        for name in row["tests"].split() or ["no test"]
        if name.rpartition("::")[2] not in shown_in(name.rpartition("::")[0])
    ]

    assert missing == []


@cache
def shown_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in found if node.name.startswith("test_")}

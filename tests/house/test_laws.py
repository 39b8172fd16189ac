"""Laws that the syntax tree can keep: objects through access, time through the clock."""

from __future__ import annotations

import ast
from pathlib import PurePath

import pytest

from tests.house.code import dotted, sources

SHOWN_TO_PEOPLE = {"views", "api", "admin"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
CLOCKS = {"core/clock.py", "payments/sandbox/clock.py"}  # the sandbox imports nothing of ours
REAL_TIME = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "date.today",
    "datetime.date.today",
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "time.time",
}


def is_shown_to_people(path):
    parts = PurePath(path).with_suffix("").parts
    return bool(SHOWN_TO_PEOPLE & set(parts))


def managers_used(tree):
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]


def clocks_read(tree):
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in REAL_TIME
    ]


def test_views_api_and_admin_reach_objects_through_access():
    found = [
        f"{path}:{line}"
        for path, tree in sources()
        if is_shown_to_people(path)
        for line in managers_used(tree)
    ]

    assert found == []


def test_only_the_clock_reads_the_time():
    found = [
        f"{path}:{line}"
        for path, tree in sources()
        if path not in CLOCKS
        for line in clocks_read(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    ["datetime.now(UTC)", "date.today()", "timezone.now()", "Field(default=timezone.now)"],
)
def test_the_search_finds_a_clock(text):
    assert clocks_read(ast.parse(text)) == [1]


def test_the_search_finds_a_manager():
    assert managers_used(ast.parse("Statement.objects.get(pk=1)")) == [1]

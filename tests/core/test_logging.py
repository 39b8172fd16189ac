from __future__ import annotations

import json
import logging

from core.logging import JsonFormatter, PlainFormatter


def record(**extra):
    made = logging.LogRecord("statements", logging.INFO, "x.py", 1, "statement.issued", (), None)
    vars(made).update(extra)
    return made


def test_a_json_line_carries_the_identifiers():
    line = json.loads(JsonFormatter().format(record(statement="2026-000017")))

    assert (line["event"], line["level"]) == ("statement.issued", "info")
    assert line["statement"] == "2026-000017"


def test_a_plain_line_carries_them_too():
    line = PlainFormatter().format(record(statement="2026-000017", account=7))

    assert line == "INFO statements statement.issued statement=2026-000017 account=7"

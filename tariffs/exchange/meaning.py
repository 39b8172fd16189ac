"""Tells whether two definitions say the same, however their numbers are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tariffs import engine

DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
WORDS = ("code", "name", "description", "change_summary", "reason", "benefits")


def meaning(definition: Mapping[str, Any]) -> str:
    """Return what stands for the content; 0.1200 is 0.12, and an open end may be left out.

    Spreadsheets write numbers anew when a file is saved, and that is no new version.
    """
    return engine.digest({k: _plain(k, v) for k, v in definition.items() if v is not None})


def _plain(key: str, value: Any) -> Any:
    if key in WORDS:
        return value
    if isinstance(value, Mapping):
        return {name: _plain(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain("", item) for item in value]
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        return value.rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

"""The files of the corpus: one for each released engine version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WIDTH = 150


def path(version: str) -> Path:
    return HERE / f"v{version}.json"


def read(version: str) -> dict[str, Any]:
    return json.loads(path(version).read_text(encoding="utf-8"))


def released() -> list[str]:
    """Return the versions that have a file, oldest first."""
    return sorted((file.stem[1:] for file in HERE.glob("v*.json")), key=int)


def chains(bills: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put bills together that follow each other."""
    found: list[list[dict[str, Any]]] = []
    for bill in bills:
        if bill.get("follows"):
            found[-1].append(bill)
        else:
            found.append([bill])
    return found


def text(value: Any, depth: int = 0) -> str:
    """Write JSON with one thing a line, so that a comparison shows what changed."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    rows = (
        [f"{json.dumps(name)}: {text(part, depth + 1)}" for name, part in value.items()]
        if isinstance(value, dict)
        else [text(part, depth + 1) for part in value]
    )
    edge = "{}" if isinstance(value, dict) else "[]"
    space = "\n" + " " * (depth + 1)
    return edge[0] + space + f",{space}".join(rows) + "\n" + " " * depth + edge[1]

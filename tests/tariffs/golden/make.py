"""Pins the statements of an engine version: python -m tests.tariffs.golden.make v3

Takes the bills of bills_3.py, rates them with the engine as it stands and writes v3.json. A
version that is already pinned was released: statements of customers rest on it, so its file is
never written again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from tariffs import engine
from tests.tariffs.golden import corpus, rating


def main(arguments: list[str]) -> str:
    """Write the file of the version named and return what was done; exits when it must not."""
    if len(arguments) != 1 or not arguments[0].removeprefix("v").isdigit():
        raise SystemExit("name the version to pin, for example v3")
    version = arguments[0].removeprefix("v")
    if corpus.path(version).exists():
        raise SystemExit(f"version {version} is released and stays as it is")
    if version != engine.ENGINE_VERSION:
        raise SystemExit(f"this is engine {engine.ENGINE_VERSION}, it cannot pin {version}")
    made = pinned(version)
    corpus.path(version).write_text(corpus.text(made) + "\n", encoding="utf-8")
    return f"pinned {count(made)} statements of engine {version}"


def pinned(version: str) -> dict[str, Any]:
    """Rate the bills of a version; tariffs are kept once, under their names."""
    bills = import_module(f"tests.tariffs.golden.bills_{version}")
    done = []
    for chain in corpus.chains(bills.BILLS):
        for bill, one in zip(chain, rating.rated(bills.TARIFFS, chain), strict=True):
            done.append({**bill, **rating.pinned(one)})
    return {"engine": version, "tariffs": bills.TARIFFS, "bills": done}


def count(made: Mapping[str, Any]) -> int:
    return sum(len(bill["statements"]) for bill in made["bills"])


if __name__ == "__main__":
    print(main(sys.argv[1:]))

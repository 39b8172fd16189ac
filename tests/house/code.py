"""The product's source files as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "billing_site",
    "core",
    "ledger",
    "meters",
    "notifications",
    "payments",
    "reports",
    "statements",
    "tariffs",
)


def sources() -> Iterator[tuple[str, ast.AST]]:
    """Yield each file's path and tree, migrations left out."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(), str(path))


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (start := dotted(node.value)):
        return f"{start}.{node.attr}"
    return ""

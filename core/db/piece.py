"""One trigger or constraint of a guard, and small helpers to write SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A trigger or constraint: what creates it, what drops it, and a digest to know it by."""

    table: str
    name: str
    create: tuple[str, ...]
    drop: tuple[str, ...]
    digest: str


def digest_of(*sql: str) -> str:
    """Return a short fingerprint of SQL text."""
    return hashlib.sha256("\n".join(sql).encode()).hexdigest()[:32]


def quote(name: str) -> str:
    """Quote an identifier; guards are written by developers, never by users."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a string literal."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """Return string literals for an IN list."""
    return ", ".join(text(value) for value in values)


def updates(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the right to update the columns, or none if there are none."""
    return (f"UPDATE ({', '.join(map(quote, columns))})",) if columns else ()

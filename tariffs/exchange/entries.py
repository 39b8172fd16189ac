"""What stands in a file: one entry for each tariff or plan, with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Definition = dict[str, Any]
Cells = Mapping[str, str]  # column: what is written in it


class FileRefused(Exception):
    """The file cannot be read at all; its text tells the person why and what to do."""


class Kind(StrEnum):
    """What an entry defines."""

    TARIFF = "tariff"
    PLAN = "plan"


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the row of the file, the column or field, and words."""

    row: int | None
    field: str
    words: str


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its number as spreadsheets show it, its filled cells, their faults."""

    number: int
    cells: Cells
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One tariff or plan of a file."""

    kind: Kind
    definition: Definition
    rows: tuple[int, ...]  # of a sheet; of JSON, its place in the list, counted from 1
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()  # what was read otherwise than it is written
    places: Mapping[str, int] = field(default_factory=dict)  # path in the definition: row
    columns: Mapping[str, str] = field(default_factory=dict)  # path in the definition: column
    cells: tuple[Cells, ...] = ()  # as written, for the file of what was left out

    @property
    def code(self) -> str:
        """The code, as far as one is given."""
        value = self.definition.get("code", "")
        return value if isinstance(value, str) else ""

    @property
    def name(self) -> str:
        """The name, as far as one is given."""
        value = self.definition.get("name", "")
        return value if isinstance(value, str) else ""

    def fault(self, path: str, words: str) -> Fault:
        """Return a fault of the definition with the row and column it comes from."""
        row = next((self.places[part] for part in _upwards(path) if part in self.places), None)
        column = next((self.columns[part] for part in _upwards(path) if part in self.columns), path)
        return Fault(row if row is not None else self.rows[0], column, words)


def kind_of(definition: Mapping[str, Any]) -> Kind:
    """Tell a plan from a tariff: only a plan has services."""
    return Kind.PLAN if "services" in definition else Kind.TARIFF


def _upwards(path: str) -> list[str]:
    """Return the path and what it lies in: charges[0].slabs[1].price, charges[0].slabs[1], …"""
    found = [path]
    while cut := max(path.rfind("."), path.rfind("["), 0):
        path = path[:cut]
        found.append(path)
    return [*found, ""]

"""What the walk is told about one account, and what it answers: plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Definition = Mapping[str, Any]
Charge = Mapping[str, Any]


class NotPriceable(Exception):
    """The use, the history or the cycle does not allow a price."""


@dataclass(frozen=True)
class Segment:
    """A stretch of one cycle in which nothing changes but the use."""

    tariff: Definition
    starts_at: datetime
    ends_at: datetime
    cycle: tuple[datetime, datetime]
    zone: ZoneInfo
    key: str = ""
    conditions: frozenset[str] = frozenset()
    unserved: frozenset[date] = frozenset()
    given: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Readings:
    starts_at: datetime
    interval_s: int
    values: list[int]


@dataclass(frozen=True)
class Total:
    value: int


@dataclass(frozen=True)
class Registers:
    values: Mapping[str, int]  # by band


Use = Readings | Total | Registers


def total_of(use: Use) -> int:
    if isinstance(use, Readings):
        return sum(use.values)
    return sum(use.values.values()) if isinstance(use, Registers) else use.value


@dataclass(frozen=True)
class Past:
    """What earlier periods left behind, by charge or source: (first day, value)."""

    peaks: Mapping[str, list[tuple[date, int]]] = field(default_factory=dict)
    uses: Mapping[str, list[tuple[date, int]]] = field(default_factory=dict)
    bases: Mapping[str, list[tuple[date, int]]] = field(default_factory=dict)
    lots: Mapping[str, list[tuple[date, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    segment: int  # -1: of the whole bill
    charge: str
    kind: str
    unit: str
    quantity: Fraction  # in units of the price
    price: Fraction  # per unit; a percentage for percent and tax
    exact: Fraction  # in the currency, not rounded
    amount: int  # minor units
    tax_class: str = "standard"
    season: str = ""
    band: str = ""
    row: int = 0
    slab: int = 0
    table: int = 0
    tag: str = ""  # what else tells lines of one charge apart


@dataclass
class Bill:
    lines: list[Line]
    total: int
    peaks: dict[tuple[str, str], int] = field(default_factory=dict)  # by segment key and charge
    uses: dict[tuple[str, str], int] = field(default_factory=dict)
    bases: dict[tuple[str, str], int] = field(default_factory=dict)
    lots: dict[tuple[str, str], list[tuple[date, int]]] = field(default_factory=dict)

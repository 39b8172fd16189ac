"""What stands in a cell: exact values, which pages format and files keep as numbers and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.money import from_minor


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of its currency."""

    minor: int
    currency: str

    @property
    def value(self) -> Decimal:
        return from_minor(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in base units, `scale` of which make one unit."""

    base: int
    unit: str
    scale: int = 1

    @property
    def value(self) -> Decimal:
        return Decimal(self.base) / Decimal(self.scale)


@dataclass(frozen=True, slots=True)
class Tag:
    """A status by word and shape; `kind` is one of the tag component."""

    word: str
    kind: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to a page; without an address it is only text."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as the clock of a place shows it."""

    at: datetime
    zone: ZoneInfo


Value = str | int | Decimal | date | Money | Quantity | Tag | Link | Moment | None

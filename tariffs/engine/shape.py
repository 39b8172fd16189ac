"""A tariff as the engine sees it: parsed, checked and frozen.

Prices are whole numbers of 10^-8 currency per unit, bounds whole base units (Wh, litres).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.money import Rounding

PRICE_DIGITS = 8
PRICE_SCALE = 10**PRICE_DIGITS

# Base units in one unit of the price: watt-hours or litres.
UNITS = {
    "Wh": ("Wh", 1),
    "kWh": ("Wh", 10**3),
    "MWh": ("Wh", 10**6),
    "l": ("l", 1),
    "m3": ("l", 1000),
}


class Clock(StrEnum):
    """Which clock the seasons and bands of a tariff follow."""

    WALL = "wall"
    STANDARD = "standard"


class SlabsWithTime(StrEnum):
    """How slabs and time bands meet in one charge."""

    PROPORTIONAL = "proportional"
    CHRONOLOGICAL = "chronological"
    PER_PERIOD = "per_period"
    TOTAL_ONLY = "total_only"


class SlabWidth(StrEnum):
    """What a bound means in a bill that is shorter than its cycle period."""

    PRORATE = "prorate"
    PER_DAY = "per_day"
    WHOLE = "whole"


class FixedBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"
    THIRTY_DAYS = "30_days"


class Proration(StrEnum):
    DAYS = "days"
    WHOLE = "whole"


class Purpose(StrEnum):
    """What a percentage is; a discount is written as a positive percentage and lowers the bill."""

    TAX = "tax"
    DISCOUNT = "discount"
    SURCHARGE = "surcharge"
    RIDER = "rider"


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Days of every year, both included; the first may come after the last (over New Year)."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __contains__(self, day: tuple[int, int]) -> bool:
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the local day on some day types; over midnight when it ends before it starts."""

    days: frozenset[int]  # 0 Monday to 6 Sunday, 7 a day of the holiday calendar
    starts: int
    ends: int

    def spans(self) -> tuple[tuple[int, int], ...]:
        if self.starts < self.ends:
            return ((self.starts, self.ends),)
        return ((self.starts, 24 * 60), (0, self.ends))


@dataclass(frozen=True, slots=True)
class Slab:
    """Up to and including `upper` base units; the last slab has no bound."""

    upper: int | None
    price: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a unit costs in one season and band; empty names stand for every one."""

    season: str
    band: str
    slabs: tuple[Slab, ...]


@dataclass(frozen=True, eq=False)
class EnergyCharge:
    """A price per unit of a measured quantity."""

    code: str
    name: str
    unit: str
    source: str
    rows: tuple[PriceRow, ...]
    ladder: tuple[Slab, ...] = ()  # only with `total_only`: slabs beside the rows
    slabs_with_time: SlabsWithTime = SlabsWithTime.PROPORTIONAL
    slab_width: SlabWidth = SlabWidth.PRORATE
    free_elsewhere: bool = False
    tax_class: str = "standard"
    when: frozenset[str] = frozenset()
    kind: str = "energy"

    @property
    def scale(self) -> int:
        """Base units in one unit of the price."""
        return UNITS[self.unit][1]

    @property
    def has_seasons(self) -> bool:
        return any(row.season for row in self.rows)

    @property
    def has_bands(self) -> bool:
        return any(row.band for row in self.rows)

    @property
    def has_slabs(self) -> bool:
        return bool(self.ladder) or any(len(row.slabs) > 1 for row in self.rows)


@dataclass(frozen=True, eq=False)
class FixedCharge:
    """An amount per period, per day or per 30 days, whatever the use."""

    code: str
    name: str
    price: int
    basis: FixedBasis = FixedBasis.PERIOD
    proration: Proration = Proration.DAYS
    tax_class: str = "standard"
    when: frozenset[str] = frozenset()
    kind: str = "fixed"


@dataclass(frozen=True, eq=False)
class PercentCharge:
    """A percentage of the rounded lines of other charges in the same segment."""

    code: str
    name: str
    percent: int  # 10^-8 of one percent, negative for a discount
    of: tuple[str, ...]
    purpose: Purpose
    tax_class: str = "standard"
    when: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        return self.purpose.value


AnyCharge = EnergyCharge | FixedCharge | PercentCharge


@dataclass(frozen=True, slots=True)
class Example:
    """A bill worked by hand that the tariff must reproduce."""

    name: str
    first: date
    last: date
    use: dict[str, int]  # base units by source, for the whole period
    use_per_hour: dict[str, int]  # base units by source, in each elapsed hour
    total_minor: int


@dataclass(frozen=True, eq=False)
class Tariff:
    """One version of a tariff, ready to price; equal only to itself, so caches can key on it."""

    code: str
    name: str
    commodity: str
    rate_type: str
    currency: str
    starts_on: date
    ends_on: date | None
    digest: str
    charges: tuple[AnyCharge, ...]  # each after the charges it takes a percentage of
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Clock = Clock.WALL
    rounding: Rounding | None = None
    seasons: dict[str, tuple[MonthDays, ...]] = field(default_factory=dict)
    bands: dict[str, tuple[Window, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    eligibility: dict[str, tuple[str, ...]] = field(default_factory=dict)
    change_summary: str = ""
    examples: tuple[Example, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """The measured quantities that its charges price."""
        return frozenset(c.source for c in self.charges if isinstance(c, EnergyCharge))

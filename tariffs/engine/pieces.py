"""The small parts of which charges are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from core.money import Rounding

Bound = int | Fraction


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
    """Up to and including `upper` base units; the last slab has no bound.

    A bound for each day may be finer than a base unit: 22.1918 kWh a day.
    """

    upper: Bound | None
    price: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a unit costs in one season and band; empty names stand for every one."""

    season: str
    band: str
    slabs: tuple[Slab, ...]


@dataclass(frozen=True, slots=True)
class DayRange:
    """A number of days that is in order, both bounds included."""

    first: int
    last: int

    def __contains__(self, days: int) -> bool:
        return self.first <= days <= self.last


@dataclass(frozen=True, slots=True)
class SlabTimes:
    """What the bounds of slabs are multiplied by: a billing demand in kW, or an attribute."""

    demand: str = ""  # code of a demand charge
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Quantum:
    """Round to whole multiples of `to` base units."""

    to: int
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Less:
    """A percentage of another measured quantity that is taken off first."""

    source: str
    percent: int  # 10^-8 of one percent


@dataclass(frozen=True, slots=True)
class Factor:
    """A number of a conversion: stated, or handed over for the segment under a name."""

    name: str
    value: int  # 10^-8; 0 if it is given
    given: str
    divides: bool


@dataclass(frozen=True, slots=True)
class Conversion:
    """From the unit of the meter to the unit of the price by named factors."""

    unit: str  # of the meter
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class TaxBand:
    """A percentage of the part of an amount up to `upper_minor`; the last band has no bound."""

    upper_minor: int | None
    percent: int  # 10^-8 of one percent


@dataclass(frozen=True, slots=True)
class TotalRule:
    """How the total of a bill comes about."""

    once: bool  # exact lines, rounded only here
    step_minor: int  # 5 rounds to 0.05
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Example:
    """A bill worked by hand that the tariff must reproduce."""

    name: str
    first: date
    last: date
    use: dict[str, int]  # base units by source, for the whole period
    use_per_hour: dict[str, int]  # base units by source, in each elapsed hour
    total_minor: int
    attributes: dict[str, int] = field(default_factory=dict)  # base units by "@name"
    conditions: frozenset[str] = frozenset()
    given: dict[str, int] = field(default_factory=dict)  # numbers of conversions, 10^-8

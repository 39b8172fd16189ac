"""A tariff as the engine sees it: parsed, checked and frozen.

Prices are whole numbers of 10^-8 currency per unit, percentages of 10^-8 of one percent, bounds
whole base units of `measures.UNITS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.money import Rounding
from tariffs.engine.conditions import Term
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import (
    Conversion,
    DayRange,
    Example,
    Less,
    MonthDays,
    PriceRow,
    Quantum,
    Slab,
    SlabTimes,
    TaxBand,
    TotalRule,
    Window,
)
from tariffs.engine.taxes import Tax

__all__ = [
    "PRICE_DIGITS",
    "PRICE_SCALE",
    "UNITS",
    "AnyCharge",
    "Clock",
    "DemandCharge",
    "EnergyCharge",
    "Example",
    "FixedBasis",
    "FixedCharge",
    "Metered",
    "MinimumCharge",
    "MonthDays",
    "PercentCharge",
    "PriceRow",
    "Slab",
    "Tariff",
    "Window",
]

PRICE_DIGITS = 8
PRICE_SCALE = 10**PRICE_DIGITS


class Clock(StrEnum):
    """Which clock the seasons and bands of a tariff follow."""

    WALL = "wall"
    STANDARD = "standard"


class OnChange(StrEnum):
    """What a season or price that changes inside a bill does to it."""

    SPLIT = "split"
    LAST_DAY = "last_day"


class SlabsWithTime(StrEnum):
    """How slabs and time bands meet in one charge."""

    PROPORTIONAL = "proportional"
    CHRONOLOGICAL = "chronological"
    PER_PERIOD = "per_period"
    TOTAL_ONLY = "total_only"


class SlabRule(StrEnum):
    """What a reached slab prices: its own part, everything, or by which table."""

    MARGINAL = "marginal"
    WHOLE_QUANTITY = "whole_quantity"
    WHOLE_TABLE = "whole_table"


class SlabWidth(StrEnum):
    """What a bound means in a bill that is shorter or longer than its cycle period."""

    PRORATE = "prorate"
    PER_DAY = "per_day"
    WHOLE = "whole"
    THIRTY_DAYS = "30_days"
    YEAR = "year"
    MONTHS = "months"


class FixedBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"
    THIRTY_DAYS = "30_days"
    MONTH = "month"
    YEAR = "year"
    SERVED_DAY = "served_day"


class DemandBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"


class MinimumBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"
    THIRTY_DAYS = "30_days"
    YEAR = "year"


class Proration(StrEnum):
    DAYS = "days"
    WHOLE = "whole"


class Purpose(StrEnum):
    """What a percentage is; a discount is written as a positive percentage and lowers the bill."""

    TAX = "tax"
    DISCOUNT = "discount"
    SURCHARGE = "surcharge"
    RIDER = "rider"


class Settle(StrEnum):
    """Where the money of a credit goes."""

    BILL = "bill"
    LOTS = "lots"


class Peak(StrEnum):
    """Which of the averages of a period is its demand."""

    GREATEST = "greatest"
    DAILY = "daily"  # the sum of each day's greatest
    MEAN = "mean_of"  # the mean of the greatest days


class RatchetRule(StrEnum):
    GREATEST = "greatest"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens to a measured quantity before it is priced, in this order."""

    less: tuple[Less, ...] = ()
    share: int | None = None  # 10^-8 of one percent
    conversion: Conversion | None = None
    at_most: int | None = None  # base units
    quantum: Quantum | None = None

    def __bool__(self) -> bool:
        return bool(self.less or self.conversion or self.quantum) or (self.share, self.at_most) != (
            None,
            None,
        )


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """How what a credit earns is settled."""

    settle: Settle = Settle.BILL
    applies_to: tuple[str, ...] = ()  # charges whose sum lots may lower to nothing
    expires_after_months: int | None = None


@dataclass(frozen=True, eq=False)
class EnergyCharge:
    """A price per unit of a measured quantity, or a credit for it."""

    code: str
    name: str
    unit: str
    source: str  # a channel, "water.import" of another commodity, "@area" an attribute
    rows: tuple[PriceRow, ...]
    ladder: tuple[Slab, ...] = ()  # only with `total_only`: slabs beside the rows
    tables: tuple[
        tuple[int | None, EnergyCharge], ...
    ] = ()  # only with `whole_table`: up to, table
    slabs_with_time: SlabsWithTime = SlabsWithTime.PROPORTIONAL
    slab_rule: SlabRule = SlabRule.MARGINAL
    slab_width: SlabWidth = SlabWidth.PRORATE
    whole_days: DayRange | None = None
    slab_times: SlabTimes | None = None
    steps: Steps = Steps()
    proration: Proration = Proration.DAYS  # of an attribute
    free_elsewhere: bool = False
    credit: CreditTerms | None = None
    tax_class: str = "standard"
    when: tuple[Term, ...] = ()
    kind: str = "energy"

    @property
    def scale(self) -> int:
        """Base units in one unit of the price."""
        return UNITS[self.unit].scale

    @property
    def is_attribute(self) -> bool:
        return self.source.startswith("@")

    @property
    def sources(self) -> tuple[str, ...]:
        """Every quantity that is measured for it; attributes are not."""
        measured = () if self.is_attribute else (self.source,)
        return (*measured, *(less.source for less in self.steps.less))

    @property
    def has_seasons(self) -> bool:
        return any(row.season for row in self.rows)

    @property
    def has_bands(self) -> bool:
        return any(row.band for row in self.rows)

    @property
    def has_slabs(self) -> bool:
        return bool(self.ladder) or any(len(row.slabs) > 1 for row in self.rows)

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the charges that must be computed before this one."""
        demand = (self.slab_times.demand,) if self.slab_times and self.slab_times.demand else ()
        return (*demand, *(self.credit.applies_to if self.credit else ()))


@dataclass(frozen=True, eq=False)
class FixedCharge:
    """An amount per period, per day or per 30 days, whatever the use."""

    code: str
    name: str
    prices: tuple[tuple[str, int], ...]  # season or "", 10^-8 currency
    basis: FixedBasis = FixedBasis.PERIOD
    proration: Proration = Proration.DAYS
    whole_days: DayRange | None = None
    tax_class: str = "standard"
    when: tuple[Term, ...] = ()
    kind: str = "fixed"
    bases: tuple[str, ...] = ()

    @property
    def price(self) -> int:
        """Its only price, or the first of its seasons."""
        return self.prices[0][1]


@dataclass(frozen=True, slots=True)
class Ratchet:
    """A demand that earlier peaks hold up."""

    percent: int  # 10^-8 of one percent
    months: int
    season: str = ""  # whose periods count; empty: all
    rule: RatchetRule = RatchetRule.GREATEST


@dataclass(frozen=True, eq=False)
class DemandCharge:
    """A price per kW or kVA of billing demand; windows are averages, never energy."""

    code: str
    name: str
    unit: str
    source: str
    rows: tuple[PriceRow, ...]
    with_reactive: str = ""
    minutes: int = 15
    rolling: bool = False
    peak: Peak = Peak.GREATEST
    mean_of: int = 0
    ratchet: Ratchet | None = None
    floor: int = 0  # base units
    quantum: Quantum | None = None
    basis: DemandBasis = DemandBasis.PERIOD
    proration: Proration = Proration.DAYS
    slab_rule: SlabRule = SlabRule.MARGINAL
    free_elsewhere: bool = False
    tax_class: str = "standard"
    when: tuple[Term, ...] = ()
    kind: str = "demand"
    bases: tuple[str, ...] = ()

    @property
    def scale(self) -> int:
        return UNITS[self.unit].scale

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source, self.with_reactive) if self.with_reactive else (self.source,)

    @property
    def has_seasons(self) -> bool:
        return any(row.season for row in self.rows)

    @property
    def has_bands(self) -> bool:
        return any(row.band for row in self.rows)


@dataclass(frozen=True, eq=False)
class MinimumCharge:
    """Tops up the sum of other charges to a least amount."""

    code: str
    name: str
    price: int
    of: tuple[str, ...]
    basis: MinimumBasis = MinimumBasis.PERIOD
    proration: Proration = Proration.DAYS
    year_ends: tuple[int, int] = (12, 31)
    tax_class: str = "standard"
    when: tuple[Term, ...] = ()
    kind: str = "minimum"

    @property
    def bases(self) -> tuple[str, ...]:
        return self.of


@dataclass(frozen=True, eq=False)
class PercentCharge:
    """A percentage of the rounded lines of other charges in the same segment."""

    code: str
    name: str
    percent: int  # 10^-8 of one percent, negative for a discount; 0 with bands
    of: tuple[str, ...]
    purpose: Purpose
    bands: tuple[TaxBand, ...] = ()
    tax_class: str = "standard"
    when: tuple[Term, ...] = ()

    @property
    def kind(self) -> str:
        return self.purpose.value

    @property
    def bases(self) -> tuple[str, ...]:
        return self.of


Metered = EnergyCharge | DemandCharge  # priced by season and band of its readings
AnyCharge = EnergyCharge | FixedCharge | DemandCharge | MinimumCharge | PercentCharge


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
    charges: tuple[AnyCharge, ...]  # each after the charges it depends on
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Clock = Clock.WALL
    rounding: Rounding | None = None
    total: TotalRule = field(default_factory=TotalRule)
    on_change: OnChange = OnChange.SPLIT
    taxes: tuple[Tax, ...] = ()
    seasons: dict[str, tuple[MonthDays, ...]] = field(default_factory=dict)
    bands: dict[str, tuple[Window, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    eligibility: dict[str, tuple[str, ...]] = field(default_factory=dict)
    change_summary: str = ""
    examples: tuple[Example, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """The measured quantities that its charges price."""
        charges = [c for c in self.charges if isinstance(c, EnergyCharge | DemandCharge)]
        return frozenset(source for charge in charges for source in charge.sources)

"""The kinds of charges, parsed and frozen."""

from __future__ import annotations

from dataclasses import dataclass

from tariffs.engine.choices import (
    Beside,
    DemandBasis,
    FixedBasis,
    MinimumBasis,
    Peak,
    Proration,
    Purpose,
    RatchetRule,
    Settle,
    SlabRule,
    SlabsWithTime,
    SlabWidth,
)
from tariffs.engine.conditions import Term
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import (
    Bound,
    Conversion,
    DayRange,
    Less,
    PriceRow,
    Quantum,
    Slab,
    SlabTimes,
    TaxBand,
)


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

    settle: Settle
    applies_to: tuple[str, ...] = ()  # charges whose sum lots may lower to nothing
    expires_after_months: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class EnergyCharge:
    """A price per unit of a measured quantity, or a credit for it."""

    code: str
    name: str
    unit: str
    source: str  # a channel, "water.import" of another commodity, "@area" an attribute
    rows: tuple[PriceRow, ...]
    ladder: tuple[Slab, ...] = ()  # only with `total_only`: slabs beside the rows
    tables: tuple[tuple[Bound | None, EnergyCharge], ...] = ()  # of `whole_table`: up to, table
    slabs_with_time: SlabsWithTime
    slab_rule: SlabRule
    slab_width: SlabWidth
    whole_days: DayRange | None = None
    slab_times: SlabTimes | None = None
    steps: Steps = Steps()
    proration: Proration  # of an attribute
    free_elsewhere: bool
    credit: CreditTerms | None = None
    tax_class: str
    when: tuple[Term, ...] = ()
    kind: str = "energy"

    @property
    def scale(self) -> int:
        """Base units in one unit of the price."""
        return UNITS[self.unit].scale

    @property
    def metered_unit(self) -> str:
        """The unit in which its quantity comes, before any conversion."""
        return self.steps.conversion.unit if self.steps.conversion else self.unit

    @property
    def metered_scale(self) -> int:
        return UNITS[self.metered_unit].scale

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


@dataclass(frozen=True, eq=False, kw_only=True)
class FixedCharge:
    """An amount per period, per day or per 30 days, whatever the use."""

    code: str
    name: str
    prices: tuple[tuple[str, int], ...]  # season or "", 10^-8 currency
    basis: FixedBasis
    proration: Proration
    whole_days: DayRange | None = None
    tax_class: str
    when: tuple[Term, ...] = ()
    kind: str = "fixed"
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratchet:
    """A demand that earlier peaks hold up."""

    percent: int  # 10^-8 of one percent
    months: int
    season: str  # whose periods count; empty: all
    rule: RatchetRule


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandCharge:
    """A price per kW or kVA of billing demand; windows are averages, never energy."""

    code: str
    name: str
    unit: str
    source: str
    rows: tuple[PriceRow, ...]
    with_reactive: str
    minutes: int
    rolling: bool
    peak: Peak
    mean_of: int
    ratchet: Ratchet | None = None
    floor: int  # base units
    quantum: Quantum | None = None
    basis: DemandBasis
    proration: Proration
    slab_rule: SlabRule
    free_elsewhere: bool
    tax_class: str
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
    def spans_cycle(self) -> bool:
        """Say that the last of several parts bears the peak of all of them."""
        return self.basis is DemandBasis.PERIOD and self.proration is Proration.WHOLE

    @property
    def has_seasons(self) -> bool:
        return any(row.season for row in self.rows)

    @property
    def has_bands(self) -> bool:
        return any(row.band for row in self.rows)


@dataclass(frozen=True, eq=False, kw_only=True)
class MinimumCharge:
    """Tops up the sum of other charges to a least amount."""

    code: str
    name: str
    price: int
    of: tuple[str, ...]
    basis: MinimumBasis
    proration: Proration
    year_ends: tuple[int, int]
    tax_class: str
    when: tuple[Term, ...] = ()
    kind: str = "minimum"

    @property
    def bases(self) -> tuple[str, ...]:
        return self.of


@dataclass(frozen=True, eq=False, kw_only=True)
class PercentCharge:
    """A percentage of the rounded lines of other charges in the same segment, or beside it."""

    code: str
    name: str
    percent: int  # 10^-8 of one percent, negative for a discount; 0 with bands
    of: tuple[str, ...]
    purpose: Purpose
    beside: tuple[Beside, ...] = ()  # lines of the tariffs that are rated side by side with this
    bands: tuple[TaxBand, ...] = ()
    tax_class: str
    when: tuple[Term, ...] = ()

    @property
    def kind(self) -> str:
        return self.purpose.value

    @property
    def bases(self) -> tuple[str, ...]:
        return self.of


Metered = EnergyCharge | DemandCharge  # priced by season and band of its readings
AnyCharge = EnergyCharge | FixedCharge | DemandCharge | MinimumCharge | PercentCharge

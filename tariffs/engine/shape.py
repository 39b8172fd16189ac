"""A tariff as the engine sees it: parsed, checked and frozen.

Prices are whole numbers of 10^-8 currency per unit, percentages of 10^-8 of one percent, bounds
whole base units of `measures.UNITS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from core.money import Rounding
from tariffs.engine.charges import (
    AnyCharge,
    CreditTerms,
    DemandCharge,
    EnergyCharge,
    FixedCharge,
    Metered,
    MinimumCharge,
    PercentCharge,
    Ratchet,
    Steps,
)
from tariffs.engine.choices import (
    Clock,
    DemandBasis,
    FixedBasis,
    MinimumBasis,
    OnChange,
    Peak,
    Proration,
    Purpose,
    RatchetRule,
    Settle,
    SlabRule,
    SlabsWithTime,
    SlabWidth,
)
from tariffs.engine.conditions import UseBetween
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Example, MonthDays, PriceRow, Slab, TotalRule, Window
from tariffs.engine.taxes import Tax

__all__ = [
    "PRICE_DIGITS",
    "PRICE_SCALE",
    "UNITS",
    "AnyCharge",
    "Clock",
    "CreditTerms",
    "DemandBasis",
    "DemandCharge",
    "EnergyCharge",
    "Example",
    "FixedBasis",
    "FixedCharge",
    "Metered",
    "MinimumBasis",
    "MinimumCharge",
    "MonthDays",
    "OnChange",
    "Peak",
    "PercentCharge",
    "PriceRow",
    "Proration",
    "Purpose",
    "Ratchet",
    "RatchetRule",
    "Settle",
    "Slab",
    "SlabRule",
    "SlabWidth",
    "SlabsWithTime",
    "Steps",
    "Tariff",
    "TotalRule",
    "Window",
]

PRICE_DIGITS = 8
PRICE_SCALE = 10**PRICE_DIGITS


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
    zone: ZoneInfo
    clock: Clock
    rounding: Rounding | None
    total: TotalRule
    on_change: OnChange
    taxes: tuple[Tax, ...]
    seasons: dict[str, tuple[MonthDays, ...]]
    bands: dict[str, tuple[Window, ...]]
    holidays: frozenset[date]
    eligibility: dict[str, tuple[str, ...]]
    description: str
    benefits: dict[str, str]  # by language
    change_summary: str
    examples: tuple[Example, ...]

    @property
    def sources(self) -> frozenset[str]:
        """The measured quantities that its charges price or that decide whether they apply."""
        charges = [c for c in self.charges if isinstance(c, EnergyCharge | DemandCharge)]
        priced = frozenset(source for charge in charges for source in charge.sources)
        return priced | self.sources_of_use

    @property
    def sources_of_use(self) -> frozenset[str]:
        """The measured quantities whose sum over this very period decides about a charge or tax."""
        terms = [term for each in (*self.charges, *self.taxes) for term in each.when]
        asked = [term for term in terms if isinstance(term, UseBetween) and not term.last_periods]
        return frozenset(term.source for term in asked)

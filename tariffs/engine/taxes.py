"""A tax on the lines of a bill."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tariffs.engine.conditions import Term
from tariffs.engine.pieces import TaxBand


class TaxKind(StrEnum):
    PERCENT = "percent"
    TIERED = "tiered"
    FLAT = "flat"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Tax:
    """A tax on every line of a tax class, on the sum, rounded once."""

    code: str
    name: str
    rate: int  # 10^-8 of one percent: 5 % is 500_000_000
    tax_class: str = "standard"
    commodity: str = ""  # empty: every commodity
    on_taxes: tuple[str, ...] = ()  # earlier taxes that are taxed too
    segments: tuple[int, ...] = ()  # in whose time it holds; empty: in all
    kind: TaxKind = TaxKind.PERCENT
    bands: tuple[TaxBand, ...] = ()  # of a tiered tax
    amount: int = 0  # of a flat tax, 10^-8 currency
    reason: str = ""  # of an exemption
    above_minor: int | None = None  # the base must be above it
    when: tuple[Term, ...] = ()

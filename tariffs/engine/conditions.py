"""What must hold for a charge or tax to apply."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """One of some account conditions holds, or none of them does."""

    any_of: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class UseBetween:
    """The use of the last periods lies above one bound and up to another."""

    source: str
    last_periods: int  # 0: of this very period
    above: int | None  # base units
    up_to: int | None


Term = Named | UseBetween

"""What a plan says: services with their tariffs, charges of its own, a tax, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Frequency(StrEnum):
    """How often the plan is billed."""

    MONTHLY = "monthly"
    BI_MONTHLY = "bi_monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annually"


class ChargeKind(StrEnum):
    """What a service charge follows: nothing, other charges or hours, or the use."""

    FIXED = "fixed"
    VARIABLE = "variable"
    CONSUMPTION = "consumption"


@dataclass(frozen=True)
class ServiceTerms:
    """A service of the plan, and the tariff that prices it."""

    commodity: str
    tariff: str  # code


@dataclass(frozen=True)
class ServiceCharge:
    """A charge of the plan itself; without a commodity it is common to all services."""

    code: str
    name: str
    kind: ChargeKind
    commodity: str
    charge: Mapping[str, Any]  # as the tariff format states it
    windows: tuple[Mapping[str, Any], ...] = ()  # hours in which it holds; none: all


@dataclass(frozen=True)
class PlanTerms:
    """One version of a plan, checked."""

    code: str
    name: str
    description: str
    frequency: Frequency
    currency: str
    starts_on: date
    ends_on: date | None
    tax: Mapping[str, Any] | None  # as the tariff format states a tax; none: those of the utility
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[ServiceTerms, ...]
    charges: tuple[ServiceCharge, ...]
    change_summary: str
    digest: str

    @property
    def commodities(self) -> tuple[str, ...]:
        """The services of the plan, each once, as they are stated."""
        return tuple(dict.fromkeys(service.commodity for service in self.services))

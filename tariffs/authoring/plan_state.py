"""What the plan wizard collects, step by step; frozen, and complete at any moment.

Numbers and hours are texts as they were entered, so that wrong ones can be shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tariffs.authoring.state import STANDARD

IN_HOURS, PERCENT = "hours", "percent"  # how a variable charge is stated


@dataclass(frozen=True)
class TaxBand:
    """A part of the amount that is taxed, up to a bound; none: all above."""

    up_to: str = ""
    percent: str = ""


@dataclass(frozen=True)
class PlanTax:
    """The tax of all of a plan; `rate` is a percentage or an amount for each bill."""

    kind: str = ""  # flat, percent, tiered, exempt; empty: the taxes of the utility
    rate: str = ""
    reason: str = ""
    bands: tuple[TaxBand, ...] = ()


@dataclass(frozen=True)
class PlanBasics:
    """Step 1: what the plan is called, how it is billed and taxed, and when it holds."""

    code: str = ""  # the short name
    name: str = ""
    description: str = ""
    frequency: str = "monthly"
    tax: PlanTax = PlanTax()
    first_day: date | None = None
    last_day: date | None = None  # included; none: ongoing
    currency: str = "USD"


@dataclass(frozen=True)
class ServiceRow:
    """Step 3: a service and the code of the tariff that prices it."""

    commodity: str
    tariff: str = ""


@dataclass(frozen=True)
class PlanCharge:
    """Step 4: a charge of the plan itself; without a service it is common to all of them.

    What the form does not ask (`basis` and all below) is carried along.
    """

    code: str = ""
    name: str = ""
    kind: str = "fixed"  # or variable, consumption
    commodity: str = ""
    amount: str = ""  # money, or a percentage
    how: str = IN_HOURS  # of a variable one
    of: tuple[str, ...] = ()  # what a percentage is taken of
    unit: str = ""
    hours: str = ""  # 07:00-10:00, 17:00-20:00
    days: str = "all"  # or weekday, weekend
    basis: str = "period"
    proration: str = "days"
    tax_class: str = STANDARD
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanForm:
    """All answers of the wizard."""

    basics: PlanBasics = PlanBasics()
    categories: tuple[str, ...] = ()  # codes of sub-categories
    areas: tuple[str, ...] = ()  # carried along
    services: tuple[ServiceRow, ...] = ()  # one for each service
    beside: tuple[ServiceRow, ...] = ()  # further tariffs of these services, carried along
    charges: tuple[PlanCharge, ...] = ()
    change_summary: str = ""

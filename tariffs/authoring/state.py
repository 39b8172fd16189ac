"""What the tariff wizard collects, step by step; frozen, and complete at any moment.

Numbers are texts as they were entered, so that nothing is lost and wrong ones can be shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from tariffs.authoring.numbers import exact, plain_number

STANDARD = "standard"  # the ordinary tax class
EVERY_DAY = ("all",)
EXACTLY = 60  # digits: more than two numbers of a tariff multiply to


@dataclass(frozen=True)
class Basics:
    """Step 1: what the tariff is, for whom and when."""

    code: str = ""
    name: str = ""
    commodity: str = "electricity"
    description: str = ""
    benefits: tuple[tuple[str, str], ...] = ()  # language, text
    categories: tuple[str, ...] = ()  # none: any
    areas: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None  # included; none: ongoing
    currency: str = "USD"
    zone: str = "UTC"


@dataclass(frozen=True)
class Measure:
    """What a price is per."""

    unit: str = "kWh"
    code: str = "energy"
    name: str = "Energy"
    tax_class: str = STANDARD
    of_commodity: str = ""  # sewer by the use of water; empty: the tariff's own
    share_percent: str = ""  # so much of the use; empty: all


@dataclass(frozen=True)
class FlatRate:
    price: str = ""
    measure: Measure = Measure()
    rate_type: str = "flat"


@dataclass(frozen=True)
class SlabRow:
    up_to: str | None  # none: and over
    price: str = ""


@dataclass(frozen=True)
class SlabRate:
    rows: tuple[SlabRow, ...] = (SlabRow(None),)
    rule: str = "marginal"  # or whole_quantity
    width: str = "prorate"
    measure: Measure = Measure()
    rate_type: str = "slab"


@dataclass(frozen=True)
class FixedRow:
    """An amount whatever the use."""

    code: str = ""
    name: str = ""
    price: str = ""
    basis: str = "period"
    proration: str = "days"
    tax_class: str = STANDARD


@dataclass(frozen=True)
class FixedRate:
    charge: FixedRow = FixedRow("service", "Service")
    rate_type: str = "fixed"


@dataclass(frozen=True)
class SeasonRow:
    """Days of every year, both included, written 11-01; they may cross New Year."""

    name: str = ""
    first: str = ""
    last: str = ""
    regular: str = ""
    discount_percent: str = ""  # empty: none

    @property
    def price(self) -> Decimal | None:
        """The price that the discount makes, exact; none while a number cannot be read."""
        regular, percent = exact(self.regular), exact(self.discount_percent or "0")
        if regular is None or percent is None:
            return None
        with localcontext(prec=EXACTLY):
            return plain_number(regular * (100 - percent) / 100)


@dataclass(frozen=True)
class SeasonalRate:
    rows: tuple[SeasonRow, ...] = ()
    measure: Measure = Measure()
    rate_type: str = "seasonal"


@dataclass(frozen=True)
class Window:
    """Hours on some day types, 16:00 to 20:00; over midnight when it ends before it starts."""

    starts: str = "00:00"
    ends: str = "24:00"
    days: tuple[str, ...] = EVERY_DAY


@dataclass(frozen=True)
class BandRow:
    name: str = ""
    price: str = ""
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class TimeRate:
    bands: tuple[BandRow, ...] = ()
    holidays: tuple[tuple[date, str], ...] = ()  # day, name or empty
    measure: Measure = Measure()
    rate_type: str = "time_based"


Rate = FlatRate | SlabRate | FixedRate | SeasonalRate | TimeRate


@dataclass(frozen=True)
class MinimumRow:
    """The least that some charges come to."""

    code: str = "minimum"
    name: str = "Minimum charge"
    price: str = ""
    of: tuple[str, ...] = ()
    basis: str = "period"
    tax_class: str = STANDARD


@dataclass(frozen=True)
class PercentRow:
    """A discount or surcharge of other charges; always a positive percentage."""

    code: str = ""
    name: str = ""
    purpose: str = "discount"
    percent: str = ""
    of: tuple[str, ...] = ()
    when: tuple[str, ...] = ()  # conditions of the account that must all hold
    tax_class: str = STANDARD


OtherRow = FixedRow | MinimumRow | PercentRow


@dataclass(frozen=True)
class Charges:
    """Step 4: what stands above the price of use on a bill, and what stands below it.

    A fixed rate has nothing above it: it comes back as further fixed charges.
    """

    standing: tuple[FixedRow, ...] = ()
    others: tuple[OtherRow, ...] = ()

    @property
    def fixed(self) -> tuple[FixedRow, ...]:
        return tuple(row for row in self.others if isinstance(row, FixedRow))

    @property
    def minimums(self) -> tuple[MinimumRow, ...]:
        return tuple(row for row in self.others if isinstance(row, MinimumRow))

    @property
    def percentages(self) -> tuple[PercentRow, ...]:
        return tuple(row for row in self.others if isinstance(row, PercentRow))


@dataclass(frozen=True)
class ExampleRow:
    """A bill worked by hand: a use, or one for each band, and the total that must come out."""

    first: date | None = None
    last: date | None = None
    use: str = ""
    by_band: tuple[tuple[str, str], ...] = ()  # in place of the use
    total: str = ""
    name: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class TariffForm:
    """All answers of the tariff wizard."""

    basics: Basics = Basics()
    rate: Rate = FlatRate()
    charges: Charges = Charges()
    examples: tuple[ExampleRow, ...] = ()
    change_summary: str = ""

    @property
    def rows(self) -> tuple[Measure | OtherRow, ...]:
        """All that has the code of a charge, in the order of the bill."""
        rate = self.rate
        if isinstance(rate, FixedRate):
            return (rate.charge, *self.charges.standing, *self.charges.others)
        return (*self.charges.standing, rate.measure, *self.charges.others)

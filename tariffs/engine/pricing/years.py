"""The year of a minimum: when it ends, and what its earlier periods came to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from tariffs.engine.pricing.base import Base
from tariffs.engine.pricing.bill import Bill, fractions, rounded
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import MinimumCharge
from tariffs.engine.values import Amounts


@dataclass(frozen=True)
class Year:
    """A year that ends in the cycle that is billed."""

    days: int
    cycle_from: date
    known: Sequence[tuple[date, Amounts]]  # earlier periods that start in it
    n: int

    def earlier(self) -> Base:
        """Return what its earlier periods came to."""
        total = sum((amounts for _, amounts in self.known), np.zeros(self.n, np.int64))
        return Base(total, fractions([Fraction(amount) for amount in total.tolist()]))

    def share(self, billed: Sequence[date]) -> tuple[Fraction, dict[str, Any]]:
        """Return the part of the year since its first day that is known, and the label of it.

        :param billed: the days of this cycle; without any, the year is known until it began
        """
        after = max([self.cycle_from, *(day + timedelta(days=1) for day in billed)])
        first = min([after, *billed, *(day for day, _ in self.known)])
        days = min((after - first).days, self.days)
        return Fraction(days, self.days), {"days": days, "cycle_days": self.days}


def keep(base: Base, charge: MinimumCharge, index: int, bill: Bill) -> None:
    """Remember what this period adds to its year, in whole minor units."""
    whole = base.minor if base.exact is None else rounded(base.exact, bill.rounding_of(index))
    bill.bases[bill.segments[index].key, charge.code] = whole


def ending(charge: MinimumCharge, index: int, bill: Bill) -> Year | None:
    """Return the year whose last day this cycle holds, if it holds one."""
    segment = bill.segments[index]
    days = billing_days(segment.cycle, segment.zone)
    ends_on = next((day for day in days if day == _end_in(charge, day.year)), None)
    if ends_on is None:
        return None
    since = _end_in(charge, ends_on.year - 1)
    entries = bill.past_of(index).bases.get(charge.code, ())
    known = [(day, amounts) for day, amounts in entries if since < day < days[0]]
    return Year((ends_on - since).days, days[0], known, bill.n)


def _end_in(charge: MinimumCharge, year: int) -> date:
    """Return the day on which a year ends; a 29 February that does not come is the 28th."""
    month, day = charge.year_ends
    return date(year, month, min(day, monthrange(year, month)[1]))

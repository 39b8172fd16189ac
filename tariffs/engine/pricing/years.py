"""The year of a minimum: when it ends, and what its earlier periods came to."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from tariffs.engine.pricing.base import Base
from tariffs.engine.pricing.bill import Bill, fractions, rounded
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import MinimumCharge, Proration
from tariffs.engine.values import Amounts


def keep(base: Base, charge: MinimumCharge, index: int, bill: Bill) -> None:
    """Remember what this period adds to its year, in whole minor units."""
    whole = base.minor if base.exact is None else rounded(base.exact, bill.rounding_of(index))
    bill.bases[bill.segments[index].key, charge.code] = whole


def is_over(charge: MinimumCharge, index: int, bill: Bill) -> bool:
    """Say whether this cycle holds the last day of the year."""
    return _end(charge, index, bill) is not None


def earlier(charge: MinimumCharge, index: int, bill: Bill) -> Base:
    """Return what the earlier periods of the year that ends in this cycle came to."""
    total = np.zeros(bill.n, np.int64)
    for _, amounts in _known(charge, index, bill):
        total += amounts
    exact = fractions([Fraction(amount) for amount in total.tolist()]) if bill.total.once else None
    return Base(total, exact)


def share(
    charge: MinimumCharge, first: int, last: int, bill: Bill
) -> tuple[Fraction, dict[str, Any]]:
    """Return the part of the year that is billed, from the first period known; and its label.

    A minimum that is not prorated asks for the whole year, whatever is known of it.
    """
    ends_on = _end(charge, last, bill)
    days = [day for index in (first, last) for day in bill.days(index)]
    if charge.proration is Proration.WHOLE or ends_on is None or not days:
        return Fraction(1), {}
    year = (ends_on - _year_before(charge, ends_on)).days
    begins = min([*days, *(day for day, _ in _known(charge, last, bill))])
    billed = min((max(days) - begins).days + 1, year)
    return Fraction(billed, year), {"days": billed, "cycle_days": year}


def _known(charge: MinimumCharge, index: int, bill: Bill) -> list[tuple[date, Amounts]]:
    """Return the earlier periods that start in the year that ends in this cycle."""
    segment, ends_on = bill.segments[index], _end(charge, index, bill)
    if ends_on is None:
        return []
    since = _year_before(charge, ends_on)
    first = billing_days(segment.cycle, segment.zone)[0]
    entries = bill.past_of(index).bases.get(charge.code, ())
    return [(day, amounts) for day, amounts in entries if since < day < first]


def _end(charge: MinimumCharge, index: int, bill: Bill) -> date | None:
    segment = bill.segments[index]
    days = billing_days(segment.cycle, segment.zone)
    return next((day for day in days if day == _end_in(charge, day.year)), None)


def _year_before(charge: MinimumCharge, ends_on: date) -> date:
    return _end_in(charge, ends_on.year - 1)


def _end_in(charge: MinimumCharge, year: int) -> date:
    """Return the day on which a year ends; a 29 February that does not come is the 28th."""
    month, day = charge.year_ends
    return date(year, month, min(day, monthrange(year, month)[1]))

"""Holds a billing demand up by earlier peaks, or makes it the mean of them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

import numpy as np

from core.money import Rounding, divide
from core.periods import local_date
from tariffs.engine.arithmetic import priced
from tariffs.engine.charges import Ratchet
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.quantities import coverage
from tariffs.engine.shape import PRICE_SCALE, DemandCharge, RatchetRule
from tariffs.engine.values import Amounts

WHOLE = 100 * PRICE_SCALE  # percent
MONTHS = 12


def held_up(
    charge: DemandCharge, ratchet: Ratchet, index: int, peak: Amounts, bill: Bill
) -> Amounts:
    """Return the peak, or the percentage of the greatest earlier one where that is more.

    Under the rule of the mean it is the percentage of the mean of its own and the earlier ones,
    even where the own one is more. A negative earlier peak is one that is not known. The bill is
    warned when peaks are known, but not as far back as the ratchet looks; an agreement without
    any is new.
    """
    earlier = list(_earlier(charge, ratchet, index, bill))
    if ratchet.rule is RatchetRule.MEAN:
        return _part_of_mean(np.stack([peak, *earlier]), ratchet.percent)
    greatest = np.max([np.zeros_like(peak), *earlier], axis=0)
    return np.maximum(peak, priced(greatest, ratchet.percent, WHOLE, Rounding.HALF_UP))


def _earlier(charge: DemandCharge, ratchet: Ratchet, index: int, bill: Bill) -> Iterator[Amounts]:
    """Yield the peaks of periods that start in the months before this cycle and in the season."""
    segment = bill.segments[index]
    first = local_date(segment.cycle.starts_at, segment.zone)
    since = months_before(first, ratchet.months)
    known = [entry for entry in bill.past_of(index).peaks.get(charge.code, ()) if entry[0] < first]
    if known and months_before(min(known)[0], 1) >= since:
        _warn(charge, ratchet, min(day for day, _ in known), bill)
    for day, watts in known:
        in_season = not ratchet.season or ratchet.season in coverage.seasons_of(day, segment.tariff)
        if since <= day and in_season:
            yield watts.astype(np.int64)


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or its last day where it is shorter."""
    year, month = divmod(MONTHS * day.year + day.month - 1 - months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _part_of_mean(peaks: np.ndarray, percent: int) -> Amounts:
    """Return a percentage of the mean over the peaks that are known, half up."""
    known = peaks >= 0
    sums, counts = np.where(known, peaks, 0).sum(axis=0), known.sum(axis=0)
    pairs = zip(sums.tolist(), counts.tolist(), strict=True)
    return np.array([divide(total * percent, WHOLE * n) for total, n in pairs], dtype=np.int64)


def _warn(charge: DemandCharge, ratchet: Ratchet, since: date, bill: Bill) -> None:
    text = (
        f"charge {charge.code}: its ratchet looks back {ratchet.months} months, "
        f"peaks are known since {since.isoformat()}"
    )
    if text not in bill.warnings:
        bill.warnings.append(text)

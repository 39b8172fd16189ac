"""Prices what does not depend on use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from tariffs.engine.pricing.bill import Bill
from tariffs.engine.quantities import widths
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import FixedBasis, FixedCharge, Proration
from tariffs.engine.values import Column, Segment

Quantity = tuple[str, int, int, dict[str, Any]]  # unit, quantity, scale, label


def price(charge: FixedCharge, index: int, bill: Bill) -> Iterator[Column]:
    if charge.proration is Proration.WHOLE and bill.comes_again(index, charge.code):
        return
    segment, around = bill.segments[index], _around(charge, index, bill)
    for season, amount in charge.prices:
        days = _days(charge, season, segment, around)
        if season and not days:
            continue
        unit, quantity, scale, label = _quantity(charge, days, segment, around)
        if quantity:
            yield bill.line(
                charge,
                index,
                unit=unit,
                quantity=np.full(bill.n, quantity, np.int64),
                scale=scale,
                price=amount,
                label=label | _named(season, segment, around),
                shown=np.ones(bill.n, np.bool_),
            )


def _around(charge: FixedCharge, index: int, bill: Bill) -> Around:
    billed_days = bill.billed_days(index) if charge.whole_days else None
    return Around(billed_days=billed_days, last_day=bill.seasons_on(index))


def _named(season: str, segment: Segment, around: Around) -> dict[str, Any]:
    if not season:
        return {}
    on = around.seasons_on(segment)
    return {"season": season} | ({"seasons_on": on.isoformat()} if on else {})


def _quantity(charge: FixedCharge, days: list[date], segment: Segment, around: Around) -> Quantity:
    """Return how much of the amount is due for some days, exactly."""
    if charge.basis is FixedBasis.DAY:
        return "day", len(days), 1, {"days": len(days)}
    if charge.basis is FixedBasis.SERVED_DAY:
        return _served(days, segment)
    if charge.basis is FixedBasis.YEAR:
        return "year", len(days), widths.YEAR_DAYS, {"days": len(days)}
    if billed := widths.days_if_whole(charge, segment, around):
        return _periods(charge, segment, len(days), billed)
    if charge.basis is FixedBasis.THIRTY_DAYS:
        return "30 days", len(days), widths.MONTH_DAYS, {"days": len(days)}
    cycle = billing_days(segment.cycle, segment.zone)
    return _periods(charge, segment, len(days), len(cycle))


def _days(charge: FixedCharge, season: str, segment: Segment, around: Around) -> list[date]:
    """Return the days of a season that the amount is for: of the segment, or of the cycle."""
    is_whole = charge.proration is Proration.WHOLE
    period = segment.cycle if is_whole else segment.period
    return around.days_of(billing_days(period, segment.zone), season, segment)


def _served(days: list[date], segment: Segment) -> Quantity:
    served = [day for day in days if day not in segment.unserved]
    return "day", len(served), 1, {"days": len(served), "unserved": len(days) - len(served)}


def _periods(charge: FixedCharge, segment: Segment, days: int, of: int) -> Quantity:
    """Return whole periods or months; in a part of them, × days ÷ all their days."""
    unit, times, label = "period", 1, {}
    if charge.basis is FixedBasis.MONTH:
        unit, times = "month", widths.months_of(charge.code, segment)
        label = {"months": times}
    if days == of:
        return unit, times, 1, label
    return unit, times * days, of, label | {"days": days, "cycle_days": of}

"""Prices demand: what was measured, what is billed of it, a line for each price row and slab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from core.money import divide
from tariffs.engine.arithmetic import times
from tariffs.engine.pieces import Quantum
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.pricing.ratchet import held_up
from tariffs.engine.quantities import peaks, slabs
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.slabs import Part
from tariffs.engine.quantities.widths import Bounds, cycle_days
from tariffs.engine.shape import (
    DemandBasis,
    DemandCharge,
    Peak,
    PriceRow,
    SlabRule,
)
from tariffs.engine.values import Amounts, Column, Mask, Segment

UNKNOWN = -1  # in place of a peak
EVERY_DAY = PriceRow("", "", ())  # a row of no season: every day counts


@dataclass(frozen=True)
class Share:
    """What part of the price per period is due, or how many times a price per day."""

    times: int
    of: int
    label: dict[str, Any]


def price(charge: DemandCharge, index: int, bill: Bill, where: Mask) -> Iterator[Column]:
    """Yield what was measured and what is billed of it; who has no such charge has no demand.

    Prorated by days, each segment bears its own peak; whole, the last one bears that of the cycle.
    """
    borne = bill.with_charge(index, charge.code) if charge.spans_cycle else [index]
    measured = _measured(charge, index, borne, bill)
    _remember(charge, index, measured, bill, where)
    billed = [_billed(charge, index, peak, bill) for peak in measured]
    shares = [_share(charge, row, index, borne, bill) for row in charge.rows]
    due = [row for row, share in enumerate(shares) if share.times]
    greatest = np.max([np.zeros(bill.n, np.int64), *(billed[row] for row in due)], axis=0)
    bill.billed_demand[index, charge.code] = np.where(where, greatest, 0)
    if charge.spans_cycle and bill.comes_again(index, charge.code):
        return
    for row in due:
        if charge.ratchet or charge.floor or charge.quantum:
            yield _info(charge, index, row, measured[row], billed[row], bill)
        yield from _lines(charge, index, row, billed[row], shares[row], bill)


def _measured(charge: DemandCharge, index: int, borne: Sequence[int], bill: Bill) -> list[Amounts]:
    """Return the demand of each price row over some segments, all by this very charge."""
    found, on = [], _seasons_on(charge, index, bill)
    for other in borne:
        use = bill.use(other, charge.source, charge.code)
        reactive = charge.with_reactive
        more = bill.use(other, reactive, charge.code) if reactive else None
        found.append(peaks.of_rows(charge, _as_mine(index, other, bill), use, more, on))
    rows = zip(*found, strict=True)
    return [peaks.demand(charge, peaks.joined(each)) for each in rows]


def _as_mine(index: int, other: int, bill: Bill) -> Segment:
    """Return a segment under the seasons and bands of another one's tariff."""
    return replace(bill.segments[other], tariff=bill.segments[index].tariff)


def _seasons_on(charge: DemandCharge, index: int, bill: Bill) -> date | None:
    """Return the day whose seasons hold for the whole bill; None: each day has its own."""
    return bill.seasons_on(index) if charge.has_seasons else None


def _remember(
    charge: DemandCharge, index: int, measured: list[Amounts], bill: Bill, where: Mask
) -> None:
    """Keep the greatest of the cycle for the ratchets of later ones; -1 where none was billed."""
    key = bill.segments[index].key, charge.code
    known = bill.peaks.get(key, np.full(bill.n, UNKNOWN, np.int64))
    counting = [known, *measured]
    if charge.peak is Peak.MEAN:  # the mean of the cycle is not that of a part
        codes = bill.with_charge(index, charge.code)
        so_far = [i for i in codes[: codes.index(index)] if (i, charge.source) in bill.usage]
        if so_far:
            counting = _measured(charge, index, [*so_far, index], bill)
    bill.peaks[key] = np.where(where, np.max(counting, axis=0), known)


def _billed(charge: DemandCharge, index: int, peak: Amounts, bill: Bill) -> Amounts:
    """Return the billing demand: peak, ratchet, floor, rounding, in this order."""
    demand = peak
    if charge.ratchet:
        demand = held_up(charge, charge.ratchet, index, peak, bill)
    demand = np.maximum(demand, charge.floor)
    return _rounded(demand, charge.quantum) if charge.quantum else demand


def _rounded(demand: Amounts, quantum: Quantum) -> Amounts:
    multiples = [divide(watts, quantum.to, quantum.rounding) for watts in demand.tolist()]
    return np.array(multiples, dtype=np.int64) * quantum.to


def _share(
    charge: DemandCharge, row: PriceRow, index: int, borne: Sequence[int], bill: Bill
) -> Share:
    days = len(_days(row, index, borne, bill))
    if charge.peak is Peak.DAILY:
        return Share(min(days, 1), 1, {"peak": "daily", "per": "day"})
    if charge.basis is DemandBasis.DAY:
        return Share(days, 1, {"per": "day", "days": days})
    if not bill.cycle_days(index) and not row.season:
        return Share(1, 1, {})  # a cycle of some hours is as whole as any
    cycle = cycle_days(charge.code, bill.segments[index])
    of = len(_days(EVERY_DAY, index, borne, bill)) if charge.spans_cycle else cycle
    if days == of:
        return Share(min(days, 1), 1, {})
    return Share(days, of, {"days": days, "cycle_days": of})


def _days(row: PriceRow, index: int, borne: Sequence[int], bill: Bill) -> list[date]:
    """Return the billed days that a price row has in some segments."""
    around = Around(last_day=bill.seasons_on(index))
    days = [day for i in borne for day in bill.days(i)]
    return around.days_of(days, row.season, bill.segments[index])


def _lines(
    charge: DemandCharge, index: int, row: int, demand: Amounts, share: Share, bill: Bill
) -> Iterator[Column]:
    for part in _parts(charge, row, demand):
        yield bill.line(
            charge,
            index,
            unit=charge.unit,
            quantity=times(part.quantity, share.times),
            scale=charge.scale * share.of,
            price=charge.rows[row].slabs[part.slab].price,
            label={**_label(charge, part, index, bill), **share.label},
            shown=part.quantity != 0,
        )


def _parts(charge: DemandCharge, row: int, demand: Amounts) -> Iterator[Part]:
    """Place the demand in the slabs of a row; their bounds are kW, whatever the days."""
    uppers = [int(slab.upper) for slab in charge.rows[row].slabs if slab.upper is not None]
    if charge.slab_rule is SlabRule.WHOLE_QUANTITY:
        return slabs.at_reached({row: demand}, Bounds(uppers, uppers))
    return slabs.marginal(row, demand, Bounds(uppers, uppers))


def _label(charge: DemandCharge, part: Part, index: int, bill: Bill) -> dict[str, Any]:
    label = {**_names(charge, part.row), "slab": part.slab}
    if part.lower or part.upper is not None:
        label |= {"lower": part.lower, "upper": part.upper}
    if told := _steps(charge):
        label["steps"] = told
    if label.get("season") and (on := _seasons_on(charge, index, bill)):
        label["seasons_on"] = on.isoformat()
    return label


def _steps(charge: DemandCharge) -> list[dict[str, Any]]:
    """List what makes the billing demand another than the measured one, in its order."""
    found: list[dict[str, Any]] = []
    if ratchet := charge.ratchet:
        step = {"step": "ratchet", "percent": ratchet.percent, "months": ratchet.months}
        step |= {"season": ratchet.season} if ratchet.season else {}
        found.append(step | {"rule": ratchet.rule.value})
    if charge.floor:
        found.append({"step": "floor", "quantity": charge.floor})
    if quantum := charge.quantum:
        rounding = quantum.rounding.value
        found.append({"step": "round_quantity", "to": quantum.to, "rounding": rounding})
    return found


def _info(
    charge: DemandCharge, index: int, row: int, measured: Amounts, billed: Amounts, bill: Bill
) -> Column:
    """Return a line that tells the measured demand where another one is billed."""
    differs = measured != billed
    return bill.info(
        charge,
        index,
        unit=charge.unit,
        quantity=np.where(differs, measured, 0),
        scale=charge.scale,
        label={**_names(charge, row), "step": "metered"},
        shown=differs,
    )


def _names(charge: DemandCharge, row: int) -> dict[str, Any]:
    names = charge.rows[row]
    label: dict[str, Any] = {"row": row}
    label |= {"season": names.season} if names.season else {}
    return label | ({"band": names.band} if names.band else {})

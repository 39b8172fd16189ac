"""Prices the use of many accounts at once. No clock, no database, no settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.money import Rounding
from tariffs.engine.arithmetic import SAFE, greatest
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing import (
    beside,
    conditions,
    demand,
    energy,
    fixed,
    lots,
    minimum,
    percent,
    taxes,
    total,
)
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.quantities import coverage, uses
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.rated import Rated
from tariffs.engine.shape import (
    AnyCharge,
    DemandCharge,
    EnergyCharge,
    FixedCharge,
    MinimumCharge,
    OnChange,
    PercentCharge,
    Settle,
)
from tariffs.engine.values import Amounts, Column, Mask, Past, Segment, Tax, Usage


def rate(
    segments: Sequence[Segment],
    usage: Mapping[tuple[int, str], Usage],
    taxes_given: Sequence[Tax],
    *,
    currency: str,
    n: int,
    rounding: Rounding = Rounding.HALF_UP,
    past: Mapping[str, Past] | None = None,
) -> Rated:
    """Rate n accounts that share their segments; usage is keyed by segment index and source.

    A tariff that states its own rounding keeps it for its lines; taxes follow `rounding`. The
    taxes given come before those that the tariffs of the segments state themselves. `past` is
    keyed by `Segment.key`.

    :raises UsageError: if use is missing, negative or does not fit its segment
    """
    bill = Bill(segments, usage, currency, n, rounding, past or {})
    for segment in segments:
        _check_segment(segment, currency)
    _check_past(bill)
    try:
        return _priced_bill(bill, taxes_given)
    except OverflowError as error:
        raise UsageError("numbers are too great to be priced") from error


def _priced_bill(bill: Bill, taxes_given: Sequence[Tax]) -> Rated:
    segments = bill.segments
    for index in beside.in_order(segments):
        for charge in segments[index].tariff.charges:
            _add(charge, index, bill)
    bill.columns.sort(key=lambda column: column.segment)
    taxes.add(taxes_given, bill)
    bill.columns.extend(total.difference(bill))
    _check_sums(bill)
    return _rated(bill, uses.of_cycle(segments, bill.usage, uses.asked(segments, taxes_given)))


def _add(charge: AnyCharge, index: int, bill: Bill) -> None:
    where = conditions.holds(charge.when, index, bill)
    if where.any():
        for column in _priced(charge, index, bill, where):
            bill.add(column, where)
    bill.columns.extend(_of_cycle(charge, index, bill))


def _of_cycle(charge: AnyCharge, index: int, bill: Bill) -> Iterator[Column]:
    """Yield what the last segment bears for all; of whom it holds depends on each of them."""
    if isinstance(charge, MinimumCharge):
        yield from minimum.price(charge, index, bill)
    elif isinstance(charge, EnergyCharge) and charge.credit and charge.credit.settle is Settle.LOTS:
        yield from lots.settle(charge, index, bill)


def _priced(charge: AnyCharge, index: int, bill: Bill, where: Mask) -> Iterator[Column]:
    if isinstance(charge, EnergyCharge):
        yield from energy.price(charge, index, bill)
    elif isinstance(charge, FixedCharge):
        yield from fixed.price(charge, index, bill)
    elif isinstance(charge, DemandCharge):
        yield from demand.price(charge, index, bill, where)
    elif isinstance(charge, PercentCharge):
        yield from percent.price(charge, index, bill)


def _rated(bill: Bill, used: Mapping[tuple[str, str], Amounts]) -> Rated:
    sums = np.zeros(bill.n, np.int64)
    for column in bill.columns:
        sums += column.amount_minor
    return Rated(
        bill.currency,
        bill.rounding,
        bill.n,
        tuple(bill.segments),
        bill.columns,
        sums,
        [*_warnings(bill.segments), *bill.warnings],
        peaks=bill.peaks,
        uses=used,
        bases=bill.bases,
        lots=bill.lots,
    )


def _check_segment(segment: Segment, currency: str) -> None:
    if segment.tariff.currency != currency:
        raise UsageError(f"tariff {segment.tariff.code} is in {segment.tariff.currency}")
    if segment.period.overlap(segment.cycle) != segment.period:
        raise UsageError(f"tariff {segment.tariff.code}: the segment leaves its cycle period")


def _check_past(bill: Bill) -> None:
    """Refuse what came before other accounts than these."""
    for known in bill.past.values():
        dated = [entry for by in (known.peaks, known.uses, known.bases) for entry in by.values()]
        arrays = [values for entries in dated for _, values in entries]
        arrays += [lot.amount_minor for lots in known.lots.values() for lot in lots]
        for values in arrays:
            if np.shape(values) != (bill.n,):
                raise UsageError(f"the past of {np.size(values)} accounts, not {bill.n}")


def _check_sums(bill: Bill) -> None:
    """Refuse lines whose sums do not fit 64 bits, in whatever order they are added."""
    if sum(greatest(column.amount_minor) for column in bill.columns) >= SAFE:
        raise UsageError("the sum of the lines does not fit 64 bits")


def _warnings(segments: Sequence[Segment]) -> list[str]:
    found = []
    for segment in segments:
        tariff = segment.tariff
        days = billing_days(segment.period, segment.zone)
        first = 0 if tariff.on_change is OnChange.SPLIT else -1  # day whose prices must hold
        if days and (
            days[first] < tariff.starts_on or (tariff.ends_on and days[-1] >= tariff.ends_on)
        ):
            found.append(f"tariff {tariff.code} is not in force on every day of its segment")
        for year in coverage.years_without_holidays(days, tariff):
            found.append(f"the holidays of tariff {tariff.code} do not cover {year}")
    return found

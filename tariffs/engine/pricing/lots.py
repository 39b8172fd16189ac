"""Settles credit that is kept in dated lots: old ones first, the rest is carried on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from core import periods
from core.money import Rounding
from tariffs.engine.pricing.base import nothing, sum_of
from tariffs.engine.pricing.bill import Bill, rounded
from tariffs.engine.pricing.chain import Link, links
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import PRICE_SCALE, EnergyCharge
from tariffs.engine.values import Amounts, Column, Lot

Links = Sequence[Link[EnergyCharge]]


def settle(charge: EnergyCharge, index: int, bill: Bill) -> Iterator[Column]:
    """Yield what old lots take off, and what of this period's credit is carried into a new one.

    Both stop where the charges that they apply to come to nothing. Lots are whole minor units;
    of exact amounts, a used lot leaves a rest of the base and a new lot takes a rest of the
    credit, so that neither ever brings the base below zero.
    """
    chain = links(charge, index, bill)
    if not chain:
        return
    segment = bill.segments[index]
    days = billing_days(segment.cycle, segment.zone)
    last_day = days[-1] if days else periods.last_day(segment.cycle, segment.zone)
    room, earned = _room_and_earned(chain, bill)
    used, left = _use_up(_valid(charge, index, bill, last_day), _floor(room))
    carried = _ceiling(np.maximum(earned - (room - used), 0))
    bill.lots[segment.key, charge.code] = _kept([*left, Lot(last_day, carried)])
    yield _line(charge, index, bill, -used, "used")
    yield _line(charge, index, bill, carried, "carried")


def expires_on(day: date, months: int) -> date:
    """Return the same day of the month that many months later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _room_and_earned(chain: Links, bill: Bill) -> tuple[Any, Any]:
    """Return what lots may lower, and this period's credit; both not negative."""
    room = earned = nothing(bill)
    for link in chain:
        lowered = bill.columns_of((link.index,), _applies_to(link.charge))
        room += sum_of(lowered, bill).where(link.where)
        earned += sum_of(bill.columns_of((link.index,), (link.charge.code,)), bill)
    return np.maximum(room.best, 0), -earned.best


def _applies_to(charge: EnergyCharge) -> tuple[str, ...]:
    return charge.credit.applies_to if charge.credit else ()


def _valid(charge: EnergyCharge, index: int, bill: Bill, last_day: date) -> list[Lot]:
    """Return the lots that hold on the last day of the cycle, oldest first."""
    months = charge.credit.expires_after_months if charge.credit else None
    lots = sorted(bill.past_of(index).lots.get(charge.code, ()), key=lambda lot: lot.earned_on)
    if months is None:
        return lots
    return [lot for lot in lots if last_day < expires_on(lot.earned_on, months)]


def _use_up(lots: Sequence[Lot], room: Amounts) -> tuple[Amounts, list[Lot]]:
    """Return what is used of the lots of each account, and what is left of them."""
    used, left = np.zeros_like(room), []
    for lot in lots:
        taken = np.minimum(lot.amount_minor, room - used)
        used += taken
        left.append(Lot(lot.earned_on, lot.amount_minor - taken))
    return used, left


def _kept(lots: Sequence[Lot]) -> tuple[Lot, ...]:
    return tuple(lot for lot in lots if lot.amount_minor.any())


def _floor(amounts: Any) -> Amounts:
    return rounded(amounts, Rounding.DOWN) if amounts.dtype == object else amounts


def _ceiling(amounts: Any) -> Amounts:
    return rounded(amounts, Rounding.UP) if amounts.dtype == object else amounts


def _line(charge: EnergyCharge, index: int, bill: Bill, amount: Amounts, says: str) -> Column:
    return bill.line(
        charge,
        index,
        unit="money",
        quantity=amount,
        scale=10**bill.digits,
        price=PRICE_SCALE,
        label={"lots": says},
    )

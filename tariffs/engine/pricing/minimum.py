"""Tops up charges to a least amount, once for the cycle or for the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from core.money import divide
from tariffs.engine.pricing import years
from tariffs.engine.pricing.base import Base, nothing, sum_of
from tariffs.engine.pricing.bill import Bill, rounded
from tariffs.engine.pricing.chain import Link, links
from tariffs.engine.pricing.years import Year
from tariffs.engine.shape import (
    PRICE_DIGITS,
    PRICE_SCALE,
    MinimumBasis,
    MinimumCharge,
    Proration,
)
from tariffs.engine.values import Column, Mask

Links = Sequence[Link[MinimumCharge]]


def price(charge: MinimumCharge, index: int, bill: Bill) -> Iterator[Column]:
    """Yield the top-up at the last segment that has the charge.

    The least amount is exact over all segments, each with its own price and days, and rounded
    once. What it is compared with may be below zero, e.g. by a credit that it names: then the
    top-up is the greater.
    """
    chain = links(charge, index, bill)
    if not chain:
        return
    base = _base(chain, bill)
    year = None
    if charge.basis is MinimumBasis.YEAR:
        years.keep(base, charge, index, bill)
        year = years.ending(charge, index, bill)
        if year is None:
            return
        base += year.earlier()
    for part, where in _alike(chain):
        yield _top_up(part, index, bill, base, where, year)


def _base(chain: Links, bill: Bill) -> Base:
    """Return what the named lines come to in every segment where the charge holds."""
    base = nothing(bill)
    for link in chain:
        named = bill.columns_of((link.index,), link.charge.of)
        base += sum_of(named, bill).where(link.where)
    return base


def _alike(chain: Links) -> Iterator[tuple[Links, Mask]]:
    """Yield the accounts of whom the charge holds in the same segments, and those segments."""
    patterns, own = np.unique(np.stack([link.where for link in chain]), axis=1, return_inverse=True)
    for i, pattern in enumerate(patterns.T):
        if pattern.any():
            part = [link for link, holds in zip(chain, pattern, strict=True) if holds]
            yield part, own.ravel() == i


def _top_up(
    part: Links, index: int, bill: Bill, base: Base, where: Mask, year: Year | None
) -> Column:
    charge, rounding = part[-1].charge, bill.rounding_of(index)
    exact, days = _least(part, year, index, bill)
    least = divide(exact.numerator, exact.denominator, rounding)
    missing = np.maximum(least - base.best, 0) * where
    return bill.line(
        charge,
        index,
        unit="money",
        quantity=missing if base.exact is None else rounded(missing, rounding),
        scale=10**bill.digits,
        price=PRICE_SCALE,
        label={"minimum": least, **days, "of": list(charge.of)},
        exact_quantity=None if base.exact is None else missing,
    )


def _least(
    part: Links, year: Year | None, index: int, bill: Bill
) -> tuple[Fraction, dict[str, Any]]:
    """Return the least amount in minor units, exact, and the days that it is for."""
    charge, cycle_days = part[-1].charge, bill.cycle_days(index)
    minor = Fraction(1, 10 ** (PRICE_DIGITS - bill.digits))
    if charge.proration is Proration.WHOLE:
        return charge.price * minor, {}
    prices = {day: link.charge.price for link in part for day in bill.days(link.index)}
    if year is not None:
        share, label = year.share(list(prices))
        return charge.price * share * minor, label
    days = len(prices)
    label = {"days": days}
    if charge.basis is MinimumBasis.DAY:
        return sum(prices.values()) * minor, label
    if charge.basis is MinimumBasis.THIRTY_DAYS:
        return Fraction(sum(prices.values()), 30) * minor, label
    if not cycle_days:
        return charge.price * minor, {}  # a cycle of some hours is as whole as any
    if days != cycle_days:
        label["cycle_days"] = cycle_days
    return Fraction(sum(prices.values()), cycle_days) * minor, label

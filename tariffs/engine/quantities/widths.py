"""How wide slabs are in a segment: whole, by its days, or times what they are stated for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from core.money import divide
from tariffs.engine.arithmetic import SAFE, Whole, up_to_safe
from tariffs.engine.errors import UsageError
from tariffs.engine.measures import THOUSANDTHS
from tariffs.engine.pieces import Bound
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.days import billing_days, whole_months
from tariffs.engine.shape import EnergyCharge, FixedCharge, SlabWidth
from tariffs.engine.values import Segment

MONTH_DAYS, YEAR_DAYS = 30, 365


class Bounds(NamedTuple):
    """Upper bounds without the open one: as lines tell them, and as they hold."""

    told: list[int]  # base units; for one kW or dwelling where bounds are stated so
    held: Sequence[int | Whole]  # the same of all accounts, or (n,)


def bounds(
    charge: EnergyCharge,
    uppers: Sequence[Bound | None],
    segment: Segment,
    season: str,
    around: Around,
) -> Bounds:
    """Return stated bounds as they are in this segment; widths are rounded half up."""
    stated = [upper for upper in uppers if upper is not None]
    widths = [upper - lower for lower, upper in pairwise([0, *stated])]
    if not widths:
        return Bounds([], [])
    share = part_of_cycle(charge, segment, season, around)
    shares = [width * share for width in widths]
    told = _sums([divide(part.numerator, part.denominator) for part in shares])
    if around.times is None:
        return Bounds(told, [min(bound, SAFE) for bound in told])
    held, upto = [], np.zeros_like(around.times)
    for part in shares:
        width = up_to_safe(around.times, part.numerator, part.denominator * THOUSANDTHS)
        upto = upto + np.minimum(width, SAFE - upto)
        held.append(upto)
    return Bounds(told, held)


def part_of_cycle(charge: EnergyCharge, segment: Segment, season: str, around: Around) -> Fraction:
    """Return by what a stated width is multiplied in the segment, or in a season of it.

    :raises UsageError: if a width per month meets a cycle that is no whole number of months
    """
    days = len(season_days(segment, season, around))
    rule = charge.slab_width
    months = months_of(charge.code, segment) if rule is SlabWidth.MONTHS else 1
    if billed := days_if_whole(charge, segment, around):
        return Fraction(months * days, billed)
    if rule is SlabWidth.WHOLE:
        return Fraction(1)
    if rule is SlabWidth.PER_DAY:
        return Fraction(days)
    if rule is SlabWidth.THIRTY_DAYS:
        return Fraction(days, MONTH_DAYS)
    if rule is SlabWidth.YEAR:
        return Fraction(days, YEAR_DAYS)
    return Fraction(months * days, cycle_days(charge.code, segment))


def days_if_whole(
    charge: EnergyCharge | FixedCharge, segment: Segment, around: Around
) -> int | None:
    """Return the billed days of the agreement if they are as many as a whole bill may have."""
    if charge.whole_days is None:
        return None
    billed = around.days_billed(segment)
    return billed if billed in charge.whole_days else None


def season_days(segment: Segment, season: str, around: Around) -> list[date]:
    """Return the days of the segment that lie in the season; the empty season has them all."""
    return around.days_of(billing_days(segment.period, segment.zone), season, segment)


def cycle_days(code: str, segment: Segment) -> int:
    """Return the days of the cycle.

    :raises UsageError: if no day ends in it
    """
    days = len(billing_days(segment.cycle, segment.zone))
    if not days:
        raise UsageError(f"charge {code}: the billing cycle holds no whole day to be a part of")
    return days


def months_of(code: str, segment: Segment) -> int:
    """Return the months of the cycle.

    :raises UsageError: if it is no whole number of them
    """
    months = whole_months(segment.cycle, segment.zone)
    if months is None:
        raise UsageError(
            f"charge {code} is stated per month, and the billing cycle from "
            f"{segment.cycle.starts_at.isoformat()} to {segment.cycle.ends_at.isoformat()} "
            f"is no whole number of months"
        )
    return months


def _sums(widths: list[int]) -> list[int]:
    found, reached = [], 0
    for width in widths:
        reached += width
        found.append(reached)
    return found

"""Places units in slabs: by the running total, by shares, or all at the price that is reached."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tests.tariffs.reference.numbers import whole
from tests.tariffs.reference.widths import Bounds

LADDER = -1  # in place of a price row: the slabs that stand beside the rows


class Part(NamedTuple):
    row: int
    slab: int
    units: int


def marginal(row: int, units: int, bounds: Bounds) -> list[Part]:
    """Let each slab hold what lies above the bound below it and up to its own."""
    found, lower = [], 0
    for slab, upper in enumerate(bounds):
        top = units if upper is None else min(units, upper)
        found.append(Part(row, slab, max(top - lower, 0)))
        lower = upper or 0
    return found


def reached(units: int, bounds: Bounds) -> int:
    """Return the slab that a total reaches; the unit at the bound is still in it."""
    return next(i for i, upper in enumerate(bounds) if upper is None or units <= upper)


def at_reached(used: dict[int, int], bounds: Bounds) -> list[Part]:
    """Put everything into the slab that the total reaches."""
    slab = reached(sum(used.values()), bounds)
    return [Part(row, slab, units) for row, units in used.items()]


def by_share(used: dict[int, int], bounds: Bounds) -> list[Part]:
    """Give each row its share of each slab, half up as it climbs."""
    total = sum(used.values())
    found = []
    for row, units in used.items():
        taken = 0
        for slab, upper in enumerate(bounds):
            top = total if upper is None else min(total, upper)
            share = whole(Fraction(units * top, total)) if total else 0
            found.append(Part(row, slab, share - taken))
            taken = share
    return found


def in_time_order(runs: Iterable[tuple[int | None, int]], bounds: Bounds) -> list[Part]:
    """Let the running total of all rows pick the slab of each unit."""
    placed: dict[tuple[int, int], int] = {}
    slab = total = 0
    for row, value in runs:
        left = value
        while left and row is not None:
            upper = bounds[slab]
            part = left if upper is None else min(left, upper - total)
            placed[row, slab] = placed.get((row, slab), 0) + part
            total, left = total + part, left - part
            slab += left > 0
    return [Part(row, slab, units) for (row, slab), units in placed.items()]

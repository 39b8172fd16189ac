"""Places units in slabs: each its own part, by shares, in time, or all at the price reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tariffs.engine.arithmetic import Whole, shares
from tariffs.engine.quantities.runs import Runs
from tariffs.engine.quantities.widths import Bounds


@dataclass(frozen=True)
class Part:
    """Units of n accounts that one price applies to."""

    row: int  # index of the price row, or LADDER
    slab: int
    lower: int  # of the slab, in base units of this segment
    upper: int | None
    quantity: Whole
    table: int = 0


def marginal(row: int, total: Whole, bounds: Bounds) -> Iterator[Part]:
    """Let each slab hold what lies above the bound below it and up to its own."""
    below: int | Whole = 0
    for slab, (lower, upper, held) in enumerate(_edges(bounds)):
        if held is None:
            yield Part(row, slab, lower, upper, np.maximum(total - below, 0))
        else:
            yield Part(row, slab, lower, upper, np.clip(total - below, 0, held - below))
            below = held


def at_reached(totals: Mapping[int, Whole], bounds: Bounds) -> Iterator[Part]:
    """Put everything into the slab that the sum of all rows reaches."""
    place = reached(np.stack(list(totals.values())).sum(axis=0, dtype=np.int64), bounds)
    for row, total in totals.items():
        for slab, (lower, upper, _held) in enumerate(_edges(bounds)):
            yield Part(row, slab, lower, upper, np.where(place == slab, total, 0))


def reached(total: Whole, bounds: Bounds) -> NDArray[np.intp]:
    """Return which slab each total lies in; the unit at a bound is still below it."""
    place = np.zeros(total.shape, np.intp)
    for held in bounds.held:
        place += total > held
    return place


def by_share(totals: Mapping[int, Whole], bounds: Bounds) -> Iterator[Part]:
    """Give every row its share of every slab, to whole base units; a row's parts add up to it."""
    whole = np.stack(list(totals.values())).sum(axis=0, dtype=np.int64)
    for row, total in totals.items():
        taken = np.zeros_like(total)
        for slab, (lower, upper, held) in enumerate(_edges(bounds)):
            upto = total if held is None else shares(total, np.minimum(whole, held), whole)
            yield Part(row, slab, lower, upper, upto - taken)
            taken = upto


def in_time_order(group: list[int], runs: Runs, bounds: Bounds) -> Iterator[Part]:
    """Let the running total pick the slab; a run has one row, so its two ends tell enough.

    What a row uses below a bound is the sum of the rises of min(running total, bound) over its
    runs; `rises` sums them without forming the differences.
    """
    mine = np.isin(runs.rows, group)
    of_row = (runs.rows[mine][:, np.newaxis] == np.array(group)).astype(np.int64)
    rises = of_row - np.concatenate([of_row[1:], np.zeros_like(of_row[:1])])
    total = np.cumsum(runs.units if mine.all() else runs.units[:, mine], axis=1)
    below = [np.minimum(total, _column(held)) @ rises for held in bounds.held]
    below = [np.zeros((len(total), len(group)), np.int64), *below, total @ rises]
    for place, row in enumerate(group):
        for slab, (lower, upper, _held) in enumerate(_edges(bounds)):
            used = below[slab + 1][:, place] - below[slab][:, place]
            yield Part(row, slab, lower, upper, used)


def _edges(bounds: Bounds) -> Iterator[tuple[int, int | None, int | Whole | None]]:
    """Yield each slab's told bounds and its upper bound as it holds; the last one is open."""
    lower = 0
    for upper, held in zip(bounds.told, bounds.held, strict=True):
        yield lower, upper, held
        lower = upper
    yield lower, None, None


def _column(held: int | Whole) -> int | Whole:
    return held if isinstance(held, int) else held[:, np.newaxis]

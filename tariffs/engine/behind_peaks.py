"""Lists the readings behind a demand: those of the windows that reached its peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from tariffs.engine.errors import UsageError
from tariffs.engine.quantities import averages, peaks
from tariffs.engine.quantities.windows import Windows
from tariffs.engine.shape import DemandCharge, Peak
from tariffs.engine.values import Column, Intervals, Mask, Segment, Units, Usage


class Measured(NamedTuple):
    """A part of a cycle, with the readings of one account."""

    segment: Segment
    usage: Intervals
    reactive: Usage | None = None


def peaks_behind(parts: Sequence[Measured], column: Column) -> list[Mask]:
    """Return which slots of each part lie in a window that reached a peak of the line.

    A line bears the peaks of several parts where its charge is billed once for the cycle
    (`DemandCharge.spans_cycle`); the last part is its own, whose seasons and bands hold for all.
    The first window is told where several are as great. A demand that no window reaches because
    earlier peaks hold it up still shows the peak that was measured.

    :raises UsageError: if the line is no demand of the last part, or of more than one account
    """
    tariff = parts[-1].segment.tariff
    charge = next((c for c in tariff.charges if c.code == column.charge), None)
    if not isinstance(charge, DemandCharge):
        raise UsageError(f"{column.charge} is no demand of tariff {tariff.code}")
    found = [_laid(charge, _under(part, parts[-1]), column.label) for part in parts]
    masks = [np.zeros(part.usage.values.shape[1], np.bool_) for part in parts]
    for place, window in _greatest(charge, found, column.label["row"]):
        windows = found[place][0]
        masks[place][windows.starts[window] : windows.ends[window]] = True
    return masks


def _under(part: Measured, last: Measured) -> Measured:
    return part._replace(segment=replace(part.segment, tariff=last.segment.tariff))


def _laid(charge: DemandCharge, part: Measured, label: Mapping[str, Any]) -> tuple[Windows, Units]:
    """Return the windows over a part, and what ranks each of them."""
    if part.usage.values.shape[0] != 1:
        raise UsageError("the readings behind a line are those of one account")
    on = label.get("seasons_on")
    windows = peaks.windows_of(charge, part.segment, part.usage, on and date.fromisoformat(on))
    other = peaks.matching(charge, part.usage, part.reactive) if charge.with_reactive else None
    return windows, averages.marks(part.usage.values, other.values if other else None, windows)[0]


def _greatest(
    charge: DemandCharge, found: Sequence[tuple[Windows, Units]], row: int
) -> list[tuple[int, int]]:
    """Return part and window of the greatest of each day that counts, or of the one of all days."""
    best: dict[int, tuple[int, int, int]] = {}
    for place, (windows, ranked) in enumerate(found):
        for window in np.flatnonzero(windows.rows == row).tolist():
            day, rank = int(windows.days[window]), int(ranked[window])
            if rank > (best[day][0] if day in best else 0):
                best[day] = rank, place, window
    each = sorted(best.values(), key=lambda known: -known[0])
    return [known[1:] for known in (each[: charge.mean_of] if charge.peak is Peak.MEAN else each)]

"""What lies behind each bar: units, bands, and how much of its time is known, guessed or billed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from core.charts import Mark
from meters.readings import Quality
from reports.usage.bands import Bands
from reports.usage.slots import Flags, Slots, Whole
from reports.usage.spans import Bucket
from tariffs.engine.quantities.slots import seconds


@dataclass
class Figure:
    """One bar; units in base units, the others in slots."""

    bucket: Bucket
    units: int = 0
    by_band: tuple[int, ...] = ()
    due: int = 0
    held: int = 0
    guessed: int = 0
    edited: int = 0
    doubted: int = 0
    billed: int = 0
    pending: int = 0  # missing since the newest reading: still to come
    is_ahead: bool = False  # it ends after now
    has_no_meter: bool = False
    amount: int | None = None  # what it costs, where that is asked for

    @property
    def is_known(self) -> bool:
        return self.held > 0

    @property
    def is_whole(self) -> bool:
        return self.held == self.due > 0 and not self.is_ahead and not self.has_no_meter

    @property
    def is_billed(self) -> bool:
        return self.billed == self.due > 0 and not self.is_ahead

    @property
    def has_gap(self) -> bool:
        return self.held + self.pending < self.due or self.has_no_meter

    @property
    def mark(self) -> Mark:
        mark = Mark.NONE
        mark |= Mark.ESTIMATED if self.guessed else Mark.NONE
        mark |= Mark.EDITED if self.edited else Mark.NONE
        mark |= Mark.MISSING if self.has_gap else Mark.NONE
        return mark | (Mark.PROVISIONAL if self.is_known and not self.is_billed else Mark.NONE)

    @property
    def note(self) -> str:
        """Return what the table says besides the marks: why a gap is, or that it is billed."""
        told = [self.bucket.note] if self.bucket.note else []
        if self.has_gap:
            told.append(self._reason())
        elif self.pending or (self.is_ahead and self.is_known):
            told.append(_("Not all readings are in yet"))
        if self.is_billed:
            told.append(_("Billed"))
        elif self.billed:
            told.append(_("A part of it is billed"))
        return ". ".join(told)

    def _reason(self) -> str:
        if self.has_no_meter:
            return _("No meter was installed for a part of it")
        if self.doubted:
            return _("We are checking a reading")
        return _("The meter sent no readings for a part of it")


def figures(
    rows: Sequence[Slots], bounds: Sequence[Bucket], bands: Bands | None = None
) -> list[Figure]:
    """Sum the slots of each bar."""
    found = [Figure(bucket) for bucket in bounds]
    for n, row in enumerate(rows):
        place = _places(row, bounds)
        _count(found, row, place)
        if bands:
            _count_bands(found, row, place, bands.labels[n], len(bands.names))
    return found


def _places(row: Slots, bounds: Sequence[Bucket]) -> Whole:
    """Return the bar of each slot, or the number of bars where it lies in none."""
    starts = np.array([seconds(b.period.starts_at) for b in bounds], np.int64)
    ends = np.array([seconds(b.period.ends_at) for b in bounds], np.int64)
    at = row.starts_s
    place = np.searchsorted(starts, at, side="right") - 1
    inside = (place >= 0) & (at < ends[np.maximum(place, 0)])
    return np.where(inside, place, len(bounds))


def _count(found: Sequence[Figure], row: Slots, place: Whole) -> None:
    held, n = row.is_held, len(found) + 1
    units = np.zeros(n, np.int64)
    np.add.at(units, place[held], row.values[held])
    columns = {
        "due": row.is_due,
        "held": held,
        "guessed": row.has(Quality.ESTIMATED),
        "edited": row.has(Quality.SUBSTITUTED),
        "doubted": row.has(Quality.SUSPECT),
        "billed": row.is_billed & row.is_due,
        "pending": _pending(row),
    }
    counts = {name: np.bincount(place[flags], minlength=n) for name, flags in columns.items()}
    for index, figure in enumerate(found):
        figure.units += int(units[index])
        for name, column in counts.items():
            setattr(figure, name, getattr(figure, name) + int(column[index]))


def _pending(row: Slots) -> Flags:
    """Return what is missing but may still come."""
    missing: Flags = row.is_due & ~row.is_held & (row.codes != Quality.SUSPECT) & row.is_late
    return missing


def _count_bands(
    found: Sequence[Figure], row: Slots, place: Whole, labels: np.ndarray, count: int
) -> None:
    held = row.is_held & (labels >= 0)
    sums = np.zeros((len(found) + 1, count), np.int64)
    np.add.at(sums, (place[held], labels[held]), row.values[held])
    for figure, more in zip(found, sums.tolist(), strict=False):
        known = figure.by_band or (0,) * count
        figure.by_band = tuple(a + b for a, b in zip(known, more, strict=True))

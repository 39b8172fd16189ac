"""What was used in a cycle, for conditions of use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tariffs.engine import checked
from tariffs.engine.arithmetic import Whole
from tariffs.engine.conditions import Term, UseBetween
from tariffs.engine.values import Intervals, Registers, Segment, Tax, Units, Usage

CHUNK = 256  # accounts whose readings fit the cache together


def of_cycle(
    segments: Sequence[Segment],
    usage: Mapping[tuple[int, str], Usage],
    sources: Iterable[str],
) -> dict[tuple[str, str], Whole]:
    """Return base units by segment key and source; time that two tariffs price counts once."""
    found: dict[tuple[str, str], Whole] = {}
    wanted = list(dict.fromkeys(sources))
    for key in dict.fromkeys(segment.key for segment in segments):
        for source in wanted:
            parts = [total(usage[i, source]) for i in _once(segments, usage, key, source)]
            if parts:
                found[key, source] = sum_of(parts)
    return found


def total(usage: Usage) -> Whole:
    """Return the units of each account (n,).

    :raises UsageError: if one is missing or no whole number
    """
    checked.whole(usage)
    if isinstance(usage, Registers):
        return checked.totals(sum_of([checked.totals(band) for band in usage.bands.values()]))
    if not isinstance(usage, Intervals):
        return checked.totals(usage.values)
    sums = np.empty(usage.values.shape[0], np.int64)
    for start in range(0, len(sums), CHUNK):
        piece = usage.values[start : start + CHUNK]
        checked.readings(piece, start)
        sums[start : start + CHUNK] = piece.sum(axis=1, dtype=np.int64)
    return sums


def sum_of(parts: Sequence[Units]) -> Whole:
    """Return the sum of what some parts of a period, or registers, hold of each account."""
    return np.asarray(np.sum(parts, axis=0, dtype=np.int64))


def asked(segments: Sequence[Segment], taxes: Sequence[Tax]) -> list[str]:
    """Return the sources that some condition asks for."""
    stated = [term for segment in segments for term in _terms(segment)]
    stated += [term for tax in taxes for term in tax.when]
    return [term.source for term in stated if isinstance(term, UseBetween)]


def metered(usage: Mapping[tuple[int, str], Usage]) -> list[str]:
    """Return every source that is measured; attributes are not."""
    return [source for _, source in usage if not source.startswith("@")]


def _terms(segment: Segment) -> Iterable[Term]:
    for stated in (*segment.tariff.charges, *segment.tariff.taxes):
        yield from stated.when


def _once(
    segments: Sequence[Segment],
    usage: Mapping[tuple[int, str], Usage],
    key: str,
    source: str,
) -> list[int]:
    """Return the segments of a key that measure a source, none at the time of another."""
    found: list[int] = []
    for index, segment in enumerate(segments):
        is_mine = segment.key == key and (index, source) in usage
        if is_mine and not any(segment.period.overlap(segments[i].period) for i in found):
            found.append(index)
    return found

"""What was used in a cycle, for conditions of use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tariffs.engine.arithmetic import Whole
from tariffs.engine.conditions import Term, UseBetween
from tariffs.engine.values import Intervals, Segment, Tax, Usage

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
                found[key, source] = np.sum(parts, axis=0, dtype=np.int64)
    return found


def total(usage: Usage) -> Whole:
    """Return the units of each account (n,)."""
    if not isinstance(usage, Intervals):
        return np.asarray(usage.values, dtype=np.int64)
    values = usage.values
    pieces = [values[start : start + CHUNK] for start in range(0, values.shape[0], CHUNK)]
    return np.concatenate([piece.sum(axis=1, dtype=np.int64) for piece in pieces])


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

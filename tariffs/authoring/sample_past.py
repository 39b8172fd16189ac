"""What a sample customer used before: as much in every earlier month as in this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from core.periods import local_date
from tariffs.authoring.sample_use import Use, units_of
from tariffs.engine import Past, Segment, Tax
from tariffs.engine.conditions import UseBetween


def past(segments: Sequence[Segment], uses: Sequence[Use], taxes: Sequence[Tax]) -> dict[str, Past]:
    """Return the use of earlier months, where a charge or tax asks for it."""
    found: dict[str, dict[str, tuple[tuple[date, np.ndarray], ...]]] = {}
    units = units_of(segments, uses)
    for segment in segments:
        for source, months in _asked(segment, taxes).items():
            each = np.array(units(segment.tariff, source), np.int64)
            entries = tuple((first, each) for first in _months_before(segment, months))
            found.setdefault(segment.key, {})[source] = entries
    return {key: Past(uses=by_source) for key, by_source in found.items()}


def _asked(segment: Segment, taxes: Sequence[Tax]) -> Mapping[str, int]:
    """Return how many earlier months are asked for, by source."""
    tariff = segment.tariff
    terms = [term for each in (*tariff.charges, *tariff.taxes, *taxes) for term in each.when]
    found: dict[str, int] = {}
    for term in terms:
        if isinstance(term, UseBetween) and term.last_periods:
            found[term.source] = max(found.get(term.source, 0), term.last_periods)
    return found


def _months_before(segment: Segment, months: int) -> Iterator[date]:
    """Yield the first days of so many months before, the oldest first."""
    first = local_date(segment.cycle.starts_at, segment.zone)
    days = []
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
        days.append(first)
    yield from reversed(days)

"""Reproduces the worked bills that a tariff carries with it."""

from __future__ import annotations

import numpy as np

from core.money import from_minor
from core.periods import Period, local_days
from tariffs.engine.errors import UsageError
from tariffs.engine.rating import rate
from tariffs.engine.shape import Example, Tariff
from tariffs.engine.values import Intervals, Segment, Totals, Usage

QUARTER_S = 15 * 60


def failures(tariff: Tariff) -> list[str]:
    """Return what does not come out, in words; empty if all examples do."""
    return [text for example in tariff.examples if (text := failure(tariff, example))]


def failure(tariff: Tariff, example: Example) -> str:
    """Price one example as a full cycle period; return "" if it comes out."""
    period = local_days(example.first, example.last, tariff.zone)
    segment = Segment(tariff, period, period, tariff.zone)
    name = f"example {example.name or example.first.isoformat()}"
    try:
        usage = {(0, source): _use(example, source, period) for source in tariff.sources}
        rated = rate([segment], usage, [], currency=tariff.currency, n=1)
    except UsageError as error:
        return f"{name}: {error}"
    total = int(rated.total_minor[0])
    if total == example.total_minor:
        return ""
    expected, came = (from_minor(a, tariff.currency) for a in (example.total_minor, total))
    return f"{name}: {came} comes out instead of {expected}"


def _use(example: Example, source: str, period: Period) -> Usage:
    """Return a total, or equal quarter hours of a use that is given per elapsed hour."""
    if source not in example.use_per_hour:
        return Totals(np.array([example.use.get(source, 0)], dtype=np.int64))
    quarters = np.arange(1, 5) * example.use_per_hour[source] // 4
    hour = np.diff(quarters, prepend=0)
    values = np.resize(hour, period.seconds // QUARTER_S)
    return Intervals(period.starts_at, QUARTER_S, values[np.newaxis, :])

"""Reproduces the worked bills that a tariff carries with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.money import from_minor
from core.periods import Period, local_days
from tariffs.engine.errors import UsageError
from tariffs.engine.rating import rate
from tariffs.engine.shape import Example, Tariff
from tariffs.engine.values import Intervals, Registers, Segment, Totals, Usage

QUARTER_S = 15 * 60


@dataclass(frozen=True)
class Failure:
    """A worked bill that does not come out; as text it is plain English."""

    name: str
    first: date
    came: str = ""  # amounts of the tariff's currency
    expected: str = ""
    why: str = ""  # it cannot be priced at all

    def __str__(self) -> str:
        said = self.why or f"{self.came} comes out instead of {self.expected}"
        return f"example {self.name or self.first.isoformat()}: {said}"


def failures(tariff: Tariff) -> list[Failure]:
    """Return what does not come out; empty if all examples do."""
    return [found for example in tariff.examples if (found := failure(tariff, example))]


def failure(tariff: Tariff, example: Example) -> Failure | None:
    """Price one example as a full cycle period; return None if it comes out."""
    period = local_days(example.first, example.last, tariff.zone)
    segment = Segment(
        tariff, period, period, tariff.zone, conditions=example.conditions, given=example.given
    )
    try:
        rated = rate([segment], _usage(example, tariff, period), [], currency=tariff.currency, n=1)
    except UsageError as error:
        return Failure(example.name, example.first, why=str(error))
    total = int(rated.total_minor[0])
    if total == example.total_minor:
        return None
    expected, came = (from_minor(a, tariff.currency) for a in (example.total_minor, total))
    return Failure(example.name, example.first, str(came), str(expected))


def _usage(example: Example, tariff: Tariff, period: Period) -> dict[tuple[int, str], Usage]:
    measured = {(0, source): _use(example, source, period) for source in tariff.sources}
    stated = {(0, key): _total(units) for key, units in example.attributes.items()}
    return {**measured, **stated}


def _use(example: Example, source: str, period: Period) -> Usage:
    """Return equal quarter hours of a use per elapsed hour, the registers of bands, or a total."""
    if source in example.use_per_hour:
        return _quarters(example.use_per_hour[source], period)
    bands = {
        name.removeprefix(f"{source}."): np.array([units], dtype=np.int64)
        for name, units in example.use.items()
        if name.startswith(f"{source}.")
    }
    return Registers(bands) if bands else _total(example.use.get(source, 0))


def _total(units: int) -> Totals:
    return Totals(np.array([units], dtype=np.int64))


def _quarters(per_hour: int, period: Period) -> Intervals:
    quarters = np.arange(1, 5) * per_hour // 4
    values = np.resize(np.diff(quarters, prepend=0), period.seconds // QUARTER_S)
    return Intervals(period.starts_at, QUARTER_S, values[np.newaxis, :])

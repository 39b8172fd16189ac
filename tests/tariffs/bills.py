"""Short ways for tests to price something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.periods import Period, local_days
from tariffs import engine
from tests.tariffs.definitions import ZONE

HERE = ZoneInfo(ZONE)
HOUR_S = 3600


def days(first: date, last: date, zone: ZoneInfo = HERE) -> Period:
    return local_days(first, last, zone)


def total(
    definition: Mapping[str, Any],
    quantity: int,
    period: Period,
    *,
    cycle: Period | None = None,
    taxes: Sequence[engine.Tax] = (),
) -> engine.Rated:
    """Price a total of base units."""
    segment = engine.Segment(engine.parse(definition), period, cycle or period, HERE)
    use = {(0, "import"): engine.Totals(np.array([quantity]))}
    return engine.rate([segment], use, taxes, currency="USD", n=1)


def readings(
    definition: Mapping[str, Any],
    values: Any,
    period: Period,
    *,
    interval_s: int = HOUR_S,
    cycle: Period | None = None,
    zone: ZoneInfo = HERE,
    taxes: Sequence[engine.Tax] = (),
    conditions: frozenset[str] = frozenset(),
) -> engine.Rated:
    """Price readings of one account, or of many if values has two dimensions."""
    matrix = np.atleast_2d(np.asarray(values))
    tariff = engine.parse(definition)
    segment = engine.Segment(tariff, period, cycle or period, zone, conditions=conditions)
    use = {(0, "import"): engine.Intervals(period.starts_at, interval_s, matrix)}
    return engine.rate([segment], use, taxes, currency=tariff.currency, n=matrix.shape[0])


def priced(
    definition: Mapping[str, Any],
    uses: Mapping[str, Any],
    period: Period,
    *,
    cycle: Period | None = None,
    **facts: Any,
) -> engine.Rated:
    """Price base units by source or attribute: one number or several accounts, or registers.

    :param facts: of the segment: given, unserved, conditions
    """
    tariff = engine.parse(definition)
    segment = engine.Segment(tariff, period, cycle or period, tariff.zone, **facts)
    usage = {(0, key): _usage(use) for key, use in uses.items()}
    n = max((use.values.shape[0] for use in usage.values()), default=1)
    return engine.rate([segment], usage, [], currency=tariff.currency, n=n)


def _usage(use: Any) -> engine.Usage:
    if isinstance(use, dict):
        return engine.Registers({band: np.atleast_1d(units) for band, units in use.items()})
    if isinstance(use, engine.Intervals):
        return use
    return engine.Totals(np.atleast_1d(use))


def every_hour(period: Period, units: int = 1000) -> list[int]:
    """Return the same use in each elapsed hour."""
    return [units] * (period.seconds // HOUR_S)


def amounts(rated: engine.Rated, account: int = 0) -> dict[str, int]:
    """Return the shown lines by charge, season, band and slab."""
    lines = {}
    for column in rated.columns:
        if column.shown[account]:
            label = column.label
            parts = [column.charge, label.get("season", ""), label.get("band", "")]
            if "lower" in label:
                parts.append(f"slab {label['slab']}")
            lines["/".join(part for part in parts if part)] = int(column.amount_minor[account])
    return lines

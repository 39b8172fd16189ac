"""Short ways for tests to price a cycle of several parts, accounts and earlier cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import HERE, days

JUNE = days(date(2026, 6, 1), date(2026, 6, 30))
FIRST, SECOND = JUNE.cut([days(date(2026, 6, 16), date(2026, 6, 16)).starts_at])  # 15 days each

Definition = Mapping[str, Any]
Part = tuple[Definition, Period]


def part(definition: Definition, period: Period = JUNE, **use: int | Sequence[int]) -> Any:
    """Return a part of a cycle with the use of each source, of one account or of each."""
    return definition, period, {source: np.atleast_1d(units) for source, units in use.items()}


def bill(
    *parts: Any,
    cycle: Period = JUNE,
    conditions: Sequence[frozenset[str]] = (),
    taxes: Sequence[engine.Tax] = (),
    past: Mapping[str, engine.Past] | None = None,
    n: int = 1,
    key: str = "a",
) -> engine.Rated:
    """Rate the parts of one agreement's cycle."""
    segments, usage = [], {}
    for index, (definition, period, use) in enumerate(parts):
        having = conditions[index] if conditions else frozenset()
        tariff = engine.parse(definition)
        segments.append(engine.Segment(tariff, period, cycle, HERE, key, having))
        for source, units in use.items():
            usage[index, source] = engine.Totals(units)
    currency = segments[0].tariff.currency
    return engine.rate(segments, usage, taxes, currency=currency, n=n, past=past)


def lines(rated: engine.Rated, account: int = 0) -> list[tuple[Any, ...]]:
    """Return (segment, charge, amount) of the lines that are shown, in order."""
    return [
        (column.segment, column.charge, int(column.amount_minor[account]))
        for column in rated.columns
        if column.shown[account]
    ]


def line(rated: engine.Rated, code: str) -> engine.Column:
    """Return the only shown column of a charge."""
    (found,) = [c for c in rated.columns if c.charge == code and c.shown.any()]
    return found


def assert_batch_is_single(together: engine.Rated, alone: Sequence[engine.Rated]) -> None:
    assert [together.trace(i) for i in range(together.n)] == [one.trace(0) for one in alone]

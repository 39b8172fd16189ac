"""Short ways for tests to price demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.periods import Period
from tariffs import engine
from tests.tariffs.bills import HERE
from tests.tariffs.definitions import definition

QUARTER_S = 900


def demand(**fields: Any) -> dict[str, Any]:
    """Return a charge of 10 for each kW, or with the prices given."""
    priced = any(name in fields for name in ("price", "prices", "slabs"))
    price = {} if priced else {"price": "10"}
    return {"code": "demand", "kind": "demand", "unit": "kW", **price, **fields}


def at(slots: int, values: Mapping[int, int], *, elsewhere: int = 0) -> np.ndarray:
    """Return readings of one account, by slot."""
    readings = np.full((1, slots), elsewhere, np.int32)
    for slot, units in values.items():
        readings[0, slot] = units
    return readings


def segment_of(
    charge: Mapping[str, Any],
    period: Period,
    *,
    cycle: Period | None = None,
    zone: ZoneInfo = HERE,
    **tariff: Any,
) -> engine.Segment:
    parsed = engine.parse(definition(charge, **tariff))
    return engine.Segment(parsed, period, cycle or period, zone, key="home")


def bill(
    charge: Mapping[str, Any],
    values: np.ndarray,
    period: Period,
    *,
    interval_s: int = QUARTER_S,
    peaks: Mapping[date, int] | None = None,
    reactive: np.ndarray | None = None,
    **around: Any,
) -> engine.Rated:
    """Price readings of import; earlier peaks are W by the first day of their period."""
    segment = segment_of(charge, period, **around)
    use = {(0, "import"): engine.Intervals(period.starts_at, interval_s, values)}
    if reactive is not None:
        use[0, "reactive"] = engine.Intervals(period.starts_at, interval_s, reactive)
    n = values.shape[0]
    entries = tuple((day, np.full(n, watts)) for day, watts in (peaks or {}).items())
    past = {"home": engine.Past(peaks={"demand": entries})}
    return engine.rate([segment], use, [], currency="USD", n=n, past=past)


def register(charge: Mapping[str, Any], watts: int, period: Period, **more: Any) -> engine.Rated:
    """Price a demand that a register kept, in W."""
    peaks = more.pop("peaks", {})
    segment = segment_of({**charge, "source": "power"}, period, **more)
    use = {(0, "power"): engine.Totals(np.array([watts]))}
    entries = tuple((day, np.array([past])) for day, past in peaks.items())
    past = {"home": engine.Past(peaks={"demand": entries})}
    return engine.rate([segment], use, [], currency="USD", n=1, past=past)


def lines(rated: engine.Rated, account: int = 0) -> list[tuple[str, int, int]]:
    """Return the shown lines: kind, quantity × 1000 ÷ scale (W, over its days), amount."""
    return [
        (
            column.kind,
            int(column.quantity[account]) * 1000 // column.quantity_scale,
            int(column.amount_minor[account]),
        )
        for column in rated.columns
        if column.shown[account]
    ]


def watts(rated: engine.Rated, account: int = 0) -> list[int]:
    """Return the quantities of the shown lines."""
    return [quantity for _kind, quantity, _amount in lines(rated, account)]

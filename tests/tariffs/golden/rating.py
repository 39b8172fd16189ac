"""Rates the bills of a corpus, and writes statements so that a person can compare them.

Use is a rule of whole numbers and not a random draw, so that no library can change it: slot s of
account a holds floor + ((seed + 1009·a + s)² · 48271 mod 2147483647) mod span.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.money import Rounding, from_minor
from core.periods import Period, midnight
from tariffs import engine

Bill = Mapping[str, Any]
KNOWN = {"segment", "charge", "kind", "label", "unit", "quantity", "quantity_scale", "unit_price"}
KNOWN |= {"amount_minor", "tax_class"}


def rated(tariffs: Mapping[str, Any], bill: Bill) -> engine.Rated:
    """Rate all accounts of one bill."""
    segments = [_segment(tariffs, bill, row) for row in bill["segments"]]
    usage = {
        (index, source): _use(rule, segments[index], bill["n"])
        for index, row in enumerate(bill["segments"])
        for source, rule in row.get("use", {}).items()
    }
    return engine.rate(
        segments,
        usage,
        [_tax(row) for row in bill.get("taxes", [])],
        currency=segments[0].tariff.currency,
        n=bill["n"],
        rounding=Rounding(bill.get("rounding", "half_up")),
    )


def pinned(rated: engine.Rated) -> dict[str, Any]:
    """Return what is pinned: how time was cut, and of each account the total and every line."""
    traces = [rated.trace(account) for account in range(rated.n)]
    return {
        "stretches": [_stretch(row) for row in traces[0]["segments"]],
        "warnings": traces[0]["warnings"],
        "statements": [_statement(trace) for trace in traces],
    }


def _statement(trace: Mapping[str, Any]) -> dict[str, Any]:
    currency = trace["currency"]
    return {
        "total": str(from_minor(trace["total_minor"], currency)),
        "lines": [_line(row, currency) for row in trace["lines"]],
    }


def _stretch(row: Mapping[str, Any]) -> str:
    offsets = " ".join(f"{since}:{ahead}" for since, ahead in row["offsets"])
    days = f"{row['days']}/{row['cycle_days']} days"
    return f"{row['tariff']} {row['digest'][:12]} {row['from']} {row['to']} {days} {offsets}"


def _line(row: Mapping[str, Any], currency: str) -> str:
    quantity = f"{row['quantity']}/{row['quantity_scale']} {row['unit']}"
    price = f"{Decimal(row['unit_price']).scaleb(-8).normalize():f}"
    amount = from_minor(row["amount_minor"], currency)
    what = f"{row['segment']} {row['charge']} ({row['kind']}, {row['tax_class']})"
    more = {name: value for name, value in row.items() if name not in KNOWN}
    label = " ".join(f"{name}={value!r}" for name, value in sorted((row["label"] | more).items()))
    return f"{what} {quantity} x {price} = {amount} {label}".rstrip()


def _segment(tariffs: Mapping[str, Any], bill: Bill, row: Mapping[str, Any]) -> engine.Segment:
    zone = ZoneInfo(bill["zone"])
    period = _period(row["period"], zone)
    return engine.Segment(
        _tariff(json.dumps(tariffs[row["tariff"]])),
        period,
        _period(row["cycle"], zone) if "cycle" in row else period,
        zone,
        key=row.get("key", ""),
        conditions=frozenset(row.get("conditions", [])),
    )


@lru_cache
def _tariff(text: str) -> engine.Tariff:
    return engine.parse(engine.load(text))


def _period(edges: list[str], zone: ZoneInfo) -> Period:
    """Read the first day and the first day without; or two moments with their offset."""
    starts_at, ends_at = (_moment(edge, zone) for edge in edges)
    return Period(starts_at, ends_at)


def _moment(edge: str, zone: ZoneInfo) -> datetime:
    if "T" in edge:
        return datetime.fromisoformat(edge).astimezone(UTC)
    return midnight(date.fromisoformat(edge), zone)


def _use(rule: Any, segment: engine.Segment, n: int) -> engine.Usage:
    if isinstance(rule, list):
        return engine.Totals(np.array(rule, np.int64))
    period, interval_s = segment.period, rule["interval_s"]
    values = by_rule(rule, n, period.seconds // interval_s)
    return engine.Intervals(period.starts_at, interval_s, values.astype(rule.get("type", "int64")))


def by_rule(rule: Mapping[str, Any], n: int, slots: int) -> NDArray[np.int64]:
    """Return the use of n accounts, see above; one row an account."""
    place = rule["seed"] + 1009 * np.arange(n)[:, np.newaxis] + np.arange(slots)
    return rule.get("floor", 0) + place**2 * 48271 % 2147483647 % rule["span"]


def _tax(row: Mapping[str, Any]) -> engine.Tax:
    given = dict(row)
    rate = int(Decimal(given.pop("percent")) * 10**8)
    lists = {name: tuple(given.pop(name)) for name in ("on_taxes", "segments") if name in given}
    return engine.Tax(rate=rate, **given, **lists)

"""Rates the bills of a corpus, and writes statements so that a person can compare them.

Use is a rule of whole numbers and not a random draw, so that no library can change it: slot s of
account a holds floor + ((seed + 1009·a + s)² · 48271 mod 2147483647) mod span. A list of spans has
one for each account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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
SCALE = 10**8
KNOWN = {"segment", "charge", "kind", "label", "unit", "quantity", "quantity_scale", "unit_price"}
KNOWN |= {"amount_minor", "tax_class"}


def rated(tariffs: Mapping[str, Any], chain: Sequence[Bill]) -> Iterator[engine.Rated]:
    """Rate all accounts of bills that follow each other; each knows what the one before left."""
    past = _past(chain[0].get("past", {}))
    for bill in chain:
        one = _rated(tariffs, bill, past)
        past = engine.carry(past, one) if len(chain) > 1 else past
        yield one


def _rated(tariffs: Mapping[str, Any], bill: Bill, past: Mapping[str, engine.Past]) -> engine.Rated:
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
        past=past,
    )


def pinned(rated: engine.Rated) -> dict[str, Any]:
    """Return what is pinned: how time was cut, and of each account the total and every line."""
    traces = [rated.trace(account) for account in range(rated.n)]
    return {
        "stretches": [_stretch(row) for row in traces[0]["segments"]],
        "warnings": traces[0]["warnings"],
        "left": _left(rated),
        "statements": [_statement(trace) for trace in traces],
    }


def _left(rated: engine.Rated) -> list[str]:
    """Return what the next period knows, all accounts side by side."""
    parts = {"peak": rated.peaks, "use": rated.uses, "base": rated.bases}
    found = [
        f"{key} {name} {part} {values.tolist()}"
        for part, of in parts.items()
        for (key, name), values in sorted(of.items())
    ]
    return found + [
        f"{key} {name} lot of {lot.earned_on} {lot.amount_minor.tolist()}"
        for (key, name), lots in sorted(rated.lots.items())
        for lot in lots
    ]


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
        unserved=frozenset(map(date.fromisoformat, row.get("unserved", []))),
        given={name: int(Decimal(value) * SCALE) for name, value in row.get("given", {}).items()},
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
    if "bands" in rule:
        return engine.Registers({band: np.array(of) for band, of in rule["bands"].items()})
    period, interval_s = segment.period, rule["interval_s"]
    values = by_rule(rule, n, period.seconds // interval_s)
    return engine.Intervals(period.starts_at, interval_s, values.astype(rule.get("type", "int64")))


def by_rule(rule: Mapping[str, Any], n: int, slots: int) -> NDArray[np.int64]:
    """Return the use of n accounts, see above; one row an account."""
    place = rule["seed"] + 1009 * np.arange(n)[:, np.newaxis] + np.arange(slots)
    span = np.reshape(rule["span"], (-1, 1))
    return rule.get("floor", 0) + place**2 * 48271 % 2147483647 % span


def _past(given: Mapping[str, Any]) -> dict[str, engine.Past]:
    """Read what was known before the first bill, by key of the segments."""
    return {
        key: engine.Past(
            **{part: _dated(of.get(part, {})) for part in ("peaks", "uses", "bases")},
            lots={
                name: tuple(engine.Lot(day, amounts) for day, amounts in lots)
                for name, lots in _dated(of.get("lots", {})).items()
            },
        )
        for key, of in given.items()
    }


def _dated(of: Mapping[str, Any]) -> dict[str, tuple[tuple[date, NDArray[np.int64]], ...]]:
    return {
        name: tuple((date.fromisoformat(day), np.array(values)) for day, values in entries)
        for name, entries in of.items()
    }


def _tax(row: Mapping[str, Any]) -> engine.Tax:
    given = dict(row)
    rate = int(Decimal(given.pop("percent")) * SCALE)
    lists = {name: tuple(given.pop(name)) for name in ("on_taxes", "segments") if name in given}
    return engine.Tax(rate=rate, **given, **lists)

"""What pins engine 2: tariffs drawn from the random ones, so that every feature is in at least twice.

The file keeps tariffs and use, so it does not matter what the seeds give later.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tests.tariffs import random_tariffs
from tests.tariffs.random_tariffs.dice import written
from tests.tariffs.reference.facts import Past, Readings, Registers, Segment, Total

SEEDS = (
    17, 57, 78, 103, 130, 139, 191, 227, 240, 242, 255, 271, 290, 334, 416, 451, 501, 508, 597, 598,
    655, 686, 887, 905, 913, 953, 1026, 1138, 1237, 1267, 1436, 1451, 1499, 1504, 1548, 1706, 1720,
    1730, 1763, 1956, 1959, 2000, 2039, 2130, 2191, 2225, 2470,
)  # fmt: skip


def bills(pair: random_tariffs.Pair, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the bills of all accounts of a pair, one a period."""
    n = len(pair.past)
    found = [
        {
            "name": f"seed {pair.seed}, {number + 1}",
            "zone": period.segments[0].zone.key,
            "n": n,
            "rounding": pair.rounding,
            "segments": [_segment(i, period, names) for i in range(len(period.segments))],
        }
        for number, period in enumerate(pair.periods)
    ]
    known = {key: of for key in pair.past[0] if (of := _past([past[key] for past in pair.past]))}
    found[0] |= {"past": known} if known else {}
    for bill in found[1:]:
        bill["follows"] = True
    return found


def _segment(index: int, period: random_tariffs.Period, names: dict[str, str]) -> dict[str, Any]:
    segment = period.segments[index]
    edges = (segment.starts_at, segment.ends_at)
    row = {
        "tariff": names[_text(segment.tariff)],
        "period": _edges(edges, segment),
        "cycle": _edges(segment.cycle, segment),
        "key": segment.key,
        "conditions": sorted(segment.conditions),
        "unserved": sorted(day.isoformat() for day in segment.unserved),
        "given": {name: written(value) for name, value in segment.given.items()},
        "use": {
            source: _use([uses[at, source] for uses in period.uses], at + len(source))
            for at, source in period.uses[0]
            if at == index
        },
    }
    return {name: value for name, value in row.items() if value}


def _edges(edges: Sequence[datetime], segment: Segment) -> list[str]:
    """Write midnights as days, other moments with their offset."""
    return [_edge(moment.astimezone(segment.zone)) for moment in edges]


def _edge(local: datetime) -> str:
    is_midnight = (local.hour, local.minute) == (0, 0)
    return local.date().isoformat() if is_midnight else local.isoformat(timespec="minutes")


def _use(mine: Sequence[Any], seed: int) -> Any:
    """Keep totals; let readings follow the rule, about as great as they were drawn."""
    first = mine[0]
    if isinstance(first, Total):
        return [use.value for use in mine]
    if isinstance(first, Registers):
        return {"bands": {band: [use.values[band] for use in mine] for band in first.values}}
    assert isinstance(first, Readings)
    spans = [2 * sum(use.values) // max(len(use.values), 1) + 1 for use in mine]
    return {"interval_s": first.interval_s, "seed": seed, "span": spans}


def _past(mine: Sequence[Past]) -> dict[str, Any]:
    parts = ("peaks", "uses", "bases", "lots")
    found = {part: _dated([getattr(past, part) for past in mine]) for part in parts}
    return {part: of for part, of in found.items() if of}


def _dated(mine: Sequence[Any]) -> dict[str, list[tuple[str, list[int]]]]:
    """Return of each charge or source the values of all accounts, day by day."""
    return {
        name: [
            (day.isoformat(), [dict(of[name])[day] for of in mine]) for day in _days(mine[0][name])
        ]
        for name in mine[0]
    }


def _days(entries: Sequence[tuple[date, int]]) -> list[date]:
    return [day for day, _ in entries]


def _text(definition: Any) -> str:
    return json.dumps(definition)


PAIRS = [random_tariffs.make(seed) for seed in SEEDS]
NAMES = {
    _text(definition): f"{pair.seed} {definition['code']} {n}"
    for pair in PAIRS
    for n, definition in enumerate(pair.definitions)
}
TARIFFS = {name: json.loads(text) for text, name in NAMES.items()}
BILLS = [bill for pair in PAIRS for bill in bills(pair, NAMES)]

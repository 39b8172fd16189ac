"""Makes the past of the next period out of a bill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.tariffs.reference.facts import Bill, Past

History = dict[str, list[tuple[date, int]]]


def carry(past: Mapping[str, Past], bill: Bill, first_days: Mapping[str, date]) -> dict[str, Past]:
    """Return what the next period knows; first_days dates what each agreement adds."""
    after = dict(past)
    for key, first in first_days.items():
        before = past.get(key, Past())
        after[key] = Past(
            peaks=_added(before.peaks, bill.peaks, key, first),
            uses=_added(before.uses, bill.uses, key, first),
            bases=_added(before.bases, bill.bases, key, first),
            lots={**before.lots, **_of(bill.lots, key)},
        )
    return after


def _added(
    before: Mapping[str, list[tuple[date, int]]],
    new: Mapping[tuple[str, str], int],
    key: str,
    first: date,
) -> History:
    found = {name: list(entries) for name, entries in before.items()}
    for name, value in _of(new, key).items():
        found.setdefault(name, []).append((first, value))
    return found


def _of(values: Mapping[tuple[str, str], object], key: str) -> dict:
    return {name: value for (mine, name), value in values.items() if mine == key}

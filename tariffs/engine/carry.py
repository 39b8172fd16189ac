"""Makes the past of the next cycle out of a rated one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from core.periods import local_date
from tariffs.engine.quantities import uses
from tariffs.engine.rated import Rated
from tariffs.engine.values import Amounts, Past, Units, Usage

Value = TypeVar("Value")
Numbers = TypeVar("Numbers", Units, Amounts)


def carry(
    past: Mapping[str, Past],
    rated: Rated,
    usage: Mapping[tuple[int, str], Usage] | None = None,
) -> dict[str, Past]:
    """Return what the next cycle knows, by segment key; a cycle rated anew replaces its entries.

    Lots are those that are left; of other agreements nothing changes.

    :param usage: of the cycle, for conditions that only later tariffs have; left out, the past
        knows only the sources that a condition of this cycle asked for
    """
    after = dict(past)
    used = rated.uses
    if usage is not None:
        used = uses.of_cycle(rated.segments, usage, uses.metered(usage))
    for key, first in _first_days(rated).items():
        before = past.get(key, Past())
        after[key] = Past(
            peaks=_added(before.peaks, _of(rated.peaks, key), first),
            uses=_added(before.uses, _of(used, key), first),
            bases=_added(before.bases, _of(rated.bases, key), first),
            lots={**before.lots, **_of(rated.lots, key)},
        )
    return after


def _first_days(rated: Rated) -> dict[str, date]:
    """Return the first local day of the cycle of each agreement, the latest if there are more."""
    ordered = sorted(rated.segments, key=lambda segment: segment.cycle.starts_at)
    return {s.key: local_date(s.cycle.starts_at, s.zone) for s in ordered}


def _of(values: Mapping[tuple[str, str], Value], key: str) -> dict[str, Value]:
    return {name: value for (mine, name), value in values.items() if mine == key}


def _added(
    before: Mapping[str, tuple[tuple[date, Numbers], ...]],
    new: Mapping[str, Numbers],
    first: date,
) -> dict[str, tuple[tuple[date, Numbers], ...]]:
    after = {name: dict(entries) for name, entries in before.items()}
    for name, value in new.items():
        after.setdefault(name, {})[first] = value
    return {name: tuple(sorted(dated.items(), key=_day)) for name, dated in after.items()}


def _day(entry: tuple[date, object]) -> date:
    return entry[0]

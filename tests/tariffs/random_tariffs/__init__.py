"""Random tariffs with random use: everything the format has, in every combination.

>>> pair = make(seed=17)
>>> pair.periods[0].segments, pair.features
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.tariffs.random_tariffs import use
from tests.tariffs.random_tariffs.agreement import Agreement, agreement
from tests.tariffs.random_tariffs.calendars import (
    HALF_HOUR_SHIFT,
    ZONES,
    awkward_day,
    billed_days,
    cycle_around,
    next_month,
)
from tests.tariffs.random_tariffs.dice import Dice
from tests.tariffs.reference.facts import Past, Segment, Use

SIZES = (0.0, 0.15, 0.8, 1.0, 1.0, 1.4, 3.0)  # of accounts, next to an ordinary one
Days = tuple[date, date]
Placed = tuple[Agreement, Segment]
__all__ = ["Pair", "Period", "make"]


@dataclass(frozen=True)
class Period:
    """One bill of every account: shared segments, own use."""

    segments: list[Segment]
    uses: list[dict[tuple[int, str], Use]]  # by account

    @property
    def first_days(self) -> dict[str, date]:
        """Return the first day of the cycle, by segment key."""
        return {s.key: s.cycle[0].astimezone(s.zone).date() for s in self.segments}


@dataclass(frozen=True)
class Pair:
    """A tariff (or several) and the use of a few accounts over one or two periods."""

    seed: int
    currency: str
    rounding: str
    periods: list[Period]
    past: list[dict[str, Past]]  # by account
    features: frozenset[str]

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """Return every definition once; a segment holds it as the same object."""
        every = [segment.tariff for period in self.periods for segment in period.segments]
        return list({id(definition): definition for definition in every}.values())


def make(seed: int, off: Collection[str] = (), *, long: bool = False) -> Pair:
    """Return the pair of a seed; features that are switched off are not in it."""
    dice = Dice(seed, off)
    zone_name = dice.choose("zone", ZONES)
    metering = dice.choose("metering", ("readings", "totals", "registers"), (10, 4, 2))
    day = awkward_day(dice, zone_name)
    cycle = cycle_around(dice, day, few_days=metering == "readings")
    most = 40 if long or metering != "readings" else dice.whole(2, 5)
    days = billed_days(dice, day, cycle, most=most)
    accounts, currency = dice.whole(1, 4), dice.choose("currency", ("USD", "EUR", "JPY", "KWD"))
    made: list[Agreement] = []
    for key in ("home", "shop") if dice.has("two agreements", 0.08) else ("home",):
        made.append(
            agreement(
                dice,
                key=key,
                currency=currency,
                zone_name=zone_name,
                metering=metering,
                interval_m=_interval(dice, zone_name),
                day=day,
                cycle=cycle,
                total_rule=made[0].total if made else None,
            )
        )
    sizes = [dice.one(SIZES) for _ in range(accounts)]
    spans = [(cycle, days), *_next_period(dice, cycle, most)]
    segments = [[(a, s) for a in made for s in a.segments(*span)] for span in spans]
    known = dice.whole(3, 14)
    past = [_past(known, segments, size) for size in sizes]
    periods = [_period(dice, of, sizes) for of in segments]
    rounding = dice.choose("policy", ("half_up", "half_even", "up", "down"), (6, 1, 1, 1))
    return Pair(seed, currency, rounding, periods, past, frozenset(dice.found))


def _interval(dice: Dice, zone_name: str) -> int:
    """Return the minutes of a reading; no hour may cross a change of the clock."""
    lengths = (10, 15, 30) if zone_name == HALF_HOUR_SHIFT else (60, 60, 30, 15, 15, 20, 10)
    return int(dice.choose("interval", [str(length) for length in lengths]))


def _next_period(dice: Dice, cycle: Days, most: int) -> list[tuple[Days, Days]]:
    """Return the cycle after, which knows what this one leaves behind."""
    if not dice.has("several periods", 0.2):
        return []
    first = cycle[1]
    end = next_month(first) if cycle[0].day == first.day else first + (cycle[1] - cycle[0])
    days = min((end - first).days, most)
    return [((first, end), (first, first + timedelta(days=days)))]


def _past(periods: int, segments: list[list[Placed]], size: float) -> dict[str, Past]:
    """Return a history as long as the conditions of use ask for."""
    found = {}
    for owner, segment in [pair for of in segments for pair in of]:
        first = segments[0][0][1].cycle[0].astimezone(segment.zone).date()
        before = found.get(owner.key, Past())
        more = use.past(owner.scene, segment.tariff, first, periods, size)
        found[owner.key] = Past(
            {**more.peaks, **before.peaks},
            {**more.uses, **before.uses},
            {**more.bases, **before.bases},
            {**more.lots, **before.lots},
        )
    return found


def _period(dice: Dice, of: list[Placed], sizes: list[float]) -> Period:
    accounts: list[dict[tuple[int, str], Use]] = [{} for _ in sizes]
    metered = {owner.key: _metered(of, owner) for owner, _ in of}
    for index, (owner, segment) in enumerate(of):
        part = (segment.ends_at - segment.starts_at) / (segment.cycle[1] - segment.cycle[0])
        for account, size in enumerate(sizes):
            made = use.uses(owner.scene, metered[owner.key], segment, part, size)
            accounts[account] |= {(index, key): value for key, value in made.items()}
    return Period([segment for _, segment in of], accounts)


def _metered(of: list[Placed], owner: Agreement) -> list[dict[str, Any]]:
    """Return the tariffs of an agreement: what one of them needs is metered all the time."""
    return [segment.tariff for other, segment in of if other is owner]

"""Sums of what a draft changes: for a group of accounts, in tenths, in bands of use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, pairwise
from typing import NamedTuple

BINS = 9  # of a histogram, about
SAME_MINOR = 1  # a change that is no greater is none
TENTHS = 10
BANDS = 5


class Outcome(StrEnum):
    """How an account fares by a draft."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


class Change(NamedTuple):
    """One account of a run that was priced, over all its months."""

    account_id: int
    number: str
    category: str
    has_special_need: bool
    months: int
    use: int  # base units
    before_minor: int
    after_minor: int

    @property
    def minor(self) -> int:
        return self.after_minor - self.before_minor

    @property
    def outcome(self) -> str:
        """Return a member of `Outcome`."""
        if abs(self.minor) <= SAME_MINOR:
            return Outcome.SAME
        return Outcome.WORSE if self.minor > 0 else Outcome.BETTER

    @property
    def use_per_month(self) -> int:
        """Return base units, rounded down."""
        return self.use // self.months


@dataclass(frozen=True)
class Group:
    """What changes for some accounts together, in minor units."""

    accounts: int = 0
    better: int = 0  # pay less by more than one minor unit
    worse: int = 0
    before_minor: int = 0
    after_minor: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.accounts

    @property
    def same(self) -> int:
        return self.accounts - self.better - self.worse

    @property
    def change_minor(self) -> int:
        return self.after_minor - self.before_minor


class Band(NamedTuple):
    """Accounts of like use: the least and the most in a month of theirs, in base units."""

    least: int
    most: int
    group: Group


class Bin(NamedTuple):
    """Accounts whose change lies in a range; an end that is None is open."""

    least_minor: int | None
    below_minor: int | None
    accounts: int


def group_of(changes: Iterable[Change]) -> Group:
    """Add up some accounts."""
    found = list(changes)
    return Group(
        accounts=len(found),
        better=sum(change.outcome == Outcome.BETTER for change in found),
        worse=sum(change.outcome == Outcome.WORSE for change in found),
        before_minor=sum(change.before_minor for change in found),
        after_minor=sum(change.after_minor for change in found),
    )


def deciles(changes: Sequence[Change]) -> tuple[int, ...]:
    """Return the least change, the nine between tenths of the accounts, and the greatest.

    Each is the change of one of them (nearest rank), in minor units; empty without accounts.
    """
    ordered = sorted(change.minor for change in changes)
    if not ordered:
        return ()
    ranks = [-(-len(ordered) * tenth // TENTHS) for tenth in range(1, TENTHS)]
    return (ordered[0], *(ordered[rank - 1] for rank in ranks), ordered[-1])


def in_bands(changes: Sequence[Change]) -> list[list[Change]]:
    """Return the accounts in five parts of like number, by what they use in a month."""
    ordered = sorted(changes, key=lambda change: (change.use_per_month, change.account_id))
    cuts = [len(ordered) * part // BANDS for part in range(BANDS + 1)]
    return [ordered[low:high] for low, high in pairwise(cuts) if low < high]


def bands(changes: Sequence[Change]) -> tuple[Band, ...]:
    """Return the sums of those parts."""
    return tuple(
        Band(part[0].use_per_month, part[-1].use_per_month, group_of(part))
        for part in in_bands(changes)
    )


def histogram(changes: Sequence[Change]) -> tuple[Bin, ...]:
    """Return how many accounts change by how much, in ranges of one round width.

    The ranges fit all but the outermost tenths, which fall into the open ends.
    """
    ordered = sorted(change.minor for change in changes)
    if not ordered:
        return ()
    low, *_, high = deciles(changes)[1:-1]
    width = _round_up(-(-(high - low) // (BINS - 2)) or 1)
    first, last = low // width - 1, high // width + 1
    counts = Counter(min(max(minor // width, first), last) for minor in ordered)
    used = range(min(counts), max(counts) + 1)
    return tuple(
        Bin(
            None if n == first else n * width,
            None if n == last else (n + 1) * width,
            counts[n],
        )
        for n in used
    )


def _round_up(least: int) -> int:
    """Return the least of 1, 2, 5, 10, 20 ... that is no smaller."""
    return next(
        digit * 10**power for power in count() for digit in (1, 2, 5) if digit * 10**power >= least
    )

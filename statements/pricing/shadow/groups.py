"""Sums of what a draft changes: for a group of accounts, in tenths, in bands of use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

SAME_MINOR = 1  # a change that is no greater is none
TENTHS = 10
BANDS = 5


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


def group_of(changes: Iterable[Change]) -> Group:
    """Add up some accounts."""
    found = list(changes)
    return Group(
        accounts=len(found),
        better=sum(change.minor < -SAME_MINOR for change in found),
        worse=sum(change.minor > SAME_MINOR for change in found),
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


def bands(changes: Sequence[Change]) -> tuple[Band, ...]:
    """Return the accounts in five parts of like number, by what they use in a month."""
    ordered = sorted(changes, key=lambda change: (change.use_per_month, change.account_id))
    cuts = [len(ordered) * part // BANDS for part in range(BANDS + 1)]
    parts = [ordered[low:high] for low, high in pairwise(cuts) if low < high]
    return tuple(
        Band(part[0].use_per_month, part[-1].use_per_month, group_of(part)) for part in parts
    )

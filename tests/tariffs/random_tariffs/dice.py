"""Chance that can be repeated, and a note of every feature that it chose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Dice:
    """Choices from a seed; features that are switched off are never chosen."""

    def __init__(self, seed: int, off: Collection[str] = ()) -> None:
        self.random = Random(seed)
        self.off = frozenset(off)
        self.found: set[str] = set()

    def has(self, feature: str, chance: float) -> bool:
        """Say whether a feature is in, and note it."""
        if self.random.random() >= chance or feature in self.off:
            return False
        self.found.add(feature)
        return True

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def choose(self, feature: str, options: Sequence[str], weights: Sequence[int] = ()) -> str:
        """Choose one of the options of a feature, and note it as `feature=option`."""
        known = [i for i, o in enumerate(options) if f"{feature}={o}" not in self.off]
        odds = [weights[i] for i in known] if weights else None
        option = options[self.random.choices(known, odds)[0]]
        self.found.add(f"{feature}={option}")
        return option

    def one(self, options: Sequence[Thing]) -> Thing:
        return self.random.choice(options)

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def decimal(self, low: int, high: int, digits: int) -> str:
        """Return a number between two whole ones with at most that many decimals."""
        scale = 10 ** self.whole(0, digits)
        return written(Fraction(self.whole(low * scale, high * scale), scale))


def written(value: Fraction) -> str:
    """Write an exact decimal without needless zeros."""
    for digits in range(12):
        if (value * 10**digits).denominator == 1:
            shown = f"{int(value * 10**digits):0{digits + 1}d}"
            return f"{shown[:-digits]}.{shown[-digits:]}" if digits else shown
    raise ValueError(f"{value} is no short decimal")


def without(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not given."""
    return {name: value for name, value in row.items() if value is not None}

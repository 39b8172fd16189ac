"""What the answers of a plan are checked against: plain values, so that checks need no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class RateFacts:
    """A tariff that a plan may name, in the version that would price the plan's first day."""

    code: str
    name: str
    commodity: str
    rate_type: str
    first_day: date
    end: date | None = None  # first day without
    is_active: bool = True
    is_published: bool = True
    categories: tuple[str, ...] = ()  # none: any
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """The price book around a plan."""

    today: date
    names: Mapping[str, str] = field(default_factory=dict)  # of other plans, in small letters
    codes: Mapping[str, str] = field(default_factory=dict)  # likewise their short names
    tree: Mapping[str, Sequence[str]] = field(default_factory=dict)  # sub-categories by category
    words: Mapping[str, str] = field(default_factory=dict)  # names of categories by code
    rates: Mapping[str, RateFacts] = field(default_factory=dict)  # by code

    def served(self, rate: RateFacts, category: str) -> bool:
        """Say whether customers of a category may have a tariff."""
        parents = [main for main, subs in self.tree.items() if category in subs]
        return not rate.categories or bool({category, *parents} & set(rate.categories))

"""What a finished shadow run found, as its page and its export tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import ConsumerCategory
from statements.models import ShadowAccount, ShadowRun
from statements.pricing.shadow.groups import Band, Change, Group, bands, deciles, group_of

WORST = 20
COLUMNS = (
    *("account_id", "account__number", "category", "account__customer__has_special_need"),
    *("months", "use", "before_minor", "after_minor"),
)


@dataclass(frozen=True)
class Coverage:
    """How much of what should be compared could be, in account-months."""

    priced: int
    missing: int
    problems: Mapping[str, int]  # code: months

    @property
    def percent(self) -> int:
        """Return whole percents, rounded down: 100 says that nothing is missing."""
        wanted = self.priced + self.missing
        return self.priced * 100 // wanted if wanted else 0


@dataclass(frozen=True)
class Results:
    """All numbers of a run; money in minor units of its currency."""

    currency: str
    all: Group
    deciles: tuple[int, ...]
    worst: tuple[Change, ...]  # who pays most more, at most 20
    by_category: tuple[tuple[str, Group], ...]  # name of the sub-category, empty for none
    by_use: tuple[Band, ...]
    special_need: Group
    coverage: Coverage


def results(run: ShadowRun) -> Results:
    """Return what came out of a run that is done; three queries.

    Who has a special need is read from the customers as they are now: runs keep no copy of it.
    """
    changes = _changes(run)
    return Results(
        currency=run.version.currency,
        all=group_of(changes),
        deciles=deciles(changes),
        worst=_worst(changes),
        by_category=_by_category(changes),
        by_use=bands(changes),
        special_need=group_of(change for change in changes if change.has_special_need),
        coverage=Coverage(run.months_priced, run.months_missing, run.problems),
    )


def _changes(run: ShadowRun) -> list[Change]:
    """Return the accounts with a month that was priced, by key."""
    rows = ShadowAccount.objects.filter(run=run, months__gt=0).order_by("account_id")
    return list(map(Change._make, rows.values_list(*COLUMNS)))


def _worst(changes: Sequence[Change]) -> tuple[Change, ...]:
    losing = [change for change in changes if change.minor > 0]
    return tuple(sorted(losing, key=lambda change: (-change.minor, change.number))[:WORST])


def _by_category(changes: Sequence[Change]) -> tuple[tuple[str, Group], ...]:
    parts: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        parts[change.category].append(change)
    names = dict(ConsumerCategory.objects.values_list("code", "name"))
    groups = [(names.get(code, code), group_of(part)) for code, part in parts.items()]
    return tuple(sorted(groups, key=lambda pair: pair[0]))

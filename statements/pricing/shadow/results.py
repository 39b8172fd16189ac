"""What a finished shadow run found, as its page and its export tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.models import ConsumerCategory
from statements.models import ShadowAccount, ShadowRun
from statements.pricing.shadow.draft import main_service
from statements.pricing.shadow.groups import (
    Band,
    Bin,
    Change,
    Group,
    bands,
    deciles,
    group_of,
    histogram,
    in_bands,
)
from tariffs.models import PlanVersion, TariffVersion

WORST = 20
COLUMNS = (
    *("account_id", "account__number", "category", "account__customer__has_special_need"),
    *("months", "use", "before_minor", "after_minor"),
)
NO_CATEGORY = "-"


@dataclass(frozen=True)
class Chosen:
    """Which of the accounts of a run are told of; nothing stated is all of them."""

    category: str = ""  # code; `NO_CATEGORY` is who has none
    band: int = 0  # of use, from 1 to 5 as over all accounts
    outcome: str = ""  # of `groups.Outcome`
    is_special: bool = False  # only who has a special need

    def of(self, changes: Sequence[Change]) -> list[Change]:
        """Return those of the changes of a whole run."""
        parts = in_bands(changes)
        within = parts[self.band - 1] if 0 < self.band <= len(parts) else changes
        category = "" if self.category == NO_CATEGORY else self.category
        return [
            change
            for change in within
            if (not self.category or change.category == category)
            and (not self.outcome or change.outcome == self.outcome)
            and (not self.is_special or change.has_special_need)
        ]


EVERYBODY = Chosen()


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


class Part(NamedTuple):
    """The accounts of a sub-category; code and name are empty for who has none."""

    code: str
    name: str
    group: Group


@dataclass(frozen=True)
class Results:
    """All numbers of a run; money in minor units of its currency."""

    currency: str
    all: Group
    deciles: tuple[int, ...]
    histogram: tuple[Bin, ...]
    worst: tuple[Change, ...]  # who pays most more, at most 20
    by_category: tuple[Part, ...]
    by_use: tuple[Band, ...]
    special_need: Group
    coverage: Coverage
    category_names: Mapping[str, str]  # by code


def latest_run(version: TariffVersion | PlanVersion) -> ShadowRun | None:
    """Return the last finished comparison of a version as it is now; None if there is none.

    One of an earlier definition of the same draft does not count.
    """
    runs = version.shadow_runs.filter(state=ShadowRun.State.DONE, digest=version.digest)
    return runs.order_by("-finished_at", "-pk").first()


def results(run: ShadowRun, chosen: Chosen = EVERYBODY) -> Results:
    """Return what came out of a run that is done; two queries, beside its version.

    Who has a special need is read from the customers as they are now: runs keep no copy of it.

    :param chosen: of whom; coverage is always that of the whole run
    """
    changes = chosen.of(changes_of(run))
    names = dict(ConsumerCategory.objects.values_list("code", "name"))
    return Results(
        currency=currency_of(run),
        all=group_of(changes),
        deciles=deciles(changes),
        histogram=histogram(changes),
        worst=_worst(changes),
        by_category=_by_category(changes, names),
        by_use=bands(changes),
        special_need=group_of(change for change in changes if change.has_special_need),
        coverage=Coverage(run.months_priced, run.months_missing, run.problems),
        category_names=names,
    )


def currency_of(run: ShadowRun) -> str:
    """Return the currency of the prices that were compared."""
    subject = run.subject
    if isinstance(subject, TariffVersion):
        return subject.currency
    return str(subject.definition["currency"])


def service_of(run: ShadowRun) -> str:
    """Return the commodity whose use is told: of a plan, its first service."""
    return main_service(run.subject)


def repeats(run: ShadowRun) -> list[ShadowRun]:
    """Return the other finished comparisons of the same prices, months and population."""
    same = ShadowRun.objects.filter(
        state=ShadowRun.State.DONE,
        version=run.version,
        plan_version=run.plan_version,
        digest=run.digest,
        first_month=run.first_month,
        last_month=run.last_month,
    )
    others = same.exclude(pk=run.pk).order_by("-pk")
    return [other for other in others if other.population == run.population]


def changes_of(run: ShadowRun) -> list[Change]:
    """Return the accounts with a month that was priced, by key."""
    rows = ShadowAccount.objects.filter(run=run, months__gt=0).order_by("account_id")
    return list(map(Change._make, rows.values_list(*COLUMNS)))


def _worst(changes: Sequence[Change]) -> tuple[Change, ...]:
    losing = [change for change in changes if change.minor > 0]
    return tuple(sorted(losing, key=lambda change: (-change.minor, change.number))[:WORST])


def _by_category(changes: Sequence[Change], names: Mapping[str, str]) -> tuple[Part, ...]:
    parts: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        parts[change.category].append(change)
    groups = [Part(code, names.get(code, code), group_of(part)) for code, part in parts.items()]
    return tuple(sorted(groups, key=lambda part: (part.name, part.code)))

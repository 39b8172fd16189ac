"""The state of the price book in numbers, each with the rows that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from statements.pricing import attention, ending, recent
from statements.pricing.recent import Change
from statements.pricing.subscribers import as_the_day_begins, month_before, running
from tariffs.models import Plan
from tariffs.status import ItemStatus, with_status


@dataclass(frozen=True)
class Growth:
    """How many agreements have a plan, against the same day of the month before."""

    now: int
    before: int
    before_on: date

    @property
    def is_new(self) -> bool:
        """There was nobody to grow from."""
        return self.before == 0

    @property
    def difference(self) -> int:
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """(now - before) / before x 100; None from nothing."""
        return None if self.is_new else self.difference * 100 / self.before


@dataclass(frozen=True)
class NeedsAttention:
    """What somebody should look at; each opens as the list of the same name."""

    plans_losing_a_tariff: int
    old_tariff_drafts: int  # tariffs that have one
    old_plan_drafts: int
    services_without_a_tariff: tuple[str, ...]  # commodities
    tariffs_in_review: int
    plans_in_review: int
    discounts_in_review: int


@dataclass(frozen=True)
class Overview:
    """All numbers of one day."""

    today: date
    plans: Mapping[str, int]  # by `ItemStatus`, each with its count
    tariffs: Mapping[str, int]
    subscribers: Growth
    plans_expiring: Mapping[int, int]  # by days
    tariffs_expiring: Mapping[int, int]
    plans_changed: tuple[Change, ...]
    tariffs_changed: tuple[Change, ...]
    attention: NeedsAttention

    @property
    def is_empty(self) -> bool:
        return not sum(self.plans.values()) and not sum(self.tariffs.values())


def overview(today: date) -> Overview:
    """Return the numbers of a day; always as many queries, however long the price book is.

    :param today: the day where the utility is
    """
    return Overview(
        today=today,
        plans=_by_status(ending.plans(), today),
        tariffs=_by_status(ending.tariffs(), today),
        subscribers=growth(today),
        plans_expiring=_by_horizon(ending.plans(), today),
        tariffs_expiring=_by_horizon(ending.tariffs(), today),
        plans_changed=tuple(recent.last_changes(ending.plans())),
        tariffs_changed=tuple(recent.last_changes(ending.tariffs())),
        attention=_attention(today),
    )


def plans_with(status: str, today: date) -> QuerySet[Plan]:
    """Return the plans that the count of a status counts."""
    return with_status(ending.plans(), today).filter(status=status)


def tariffs_with(status: str, today: date) -> QuerySet[Any]:
    """Return the tariffs that the count of a status counts."""
    return with_status(ending.tariffs(), today).filter(status=status)


def growth(today: date) -> Growth:
    """Count the agreements with a plan as a day begins, and as the one a month before did."""
    before_on = month_before(today)
    now, before = (
        running(as_the_day_begins(day)).aggregate(n=Count("agreement_id", distinct=True))["n"]
        for day in (today, before_on)
    )
    return Growth(now, before, before_on)


def _by_status(items: QuerySet[Any], today: date) -> dict[str, int]:
    counted = with_status(items, today).values_list("status").annotate(count=Count("pk")).order_by()
    return {**{status.value: 0 for status in ItemStatus}, **dict(counted)}


def _by_horizon(items: QuerySet[Any], today: date) -> dict[int, int]:
    """Count what `ending.expiring` returns, for all horizons at once."""
    ends = ending.expiring(items, today, max(ending.HORIZONS))
    counts = {
        f"in_{days}": Count("pk", filter=Q(ends__lte=today + timedelta(days=days)))
        for days in ending.HORIZONS
    }
    found = ends.aggregate(**counts)
    return {days: found[f"in_{days}"] for days in ending.HORIZONS}


def _attention(today: date) -> NeedsAttention:
    return NeedsAttention(
        plans_losing_a_tariff=ending.plans_losing_a_tariff(today).count(),
        old_tariff_drafts=_families(attention.old_tariff_drafts(today), "tariff_id"),
        old_plan_drafts=_families(attention.old_plan_drafts(today), "plan_id"),
        services_without_a_tariff=tuple(attention.services_without_a_tariff(today)),
        tariffs_in_review=attention.tariffs_in_review().count(),
        plans_in_review=attention.plans_in_review().count(),
        discounts_in_review=attention.discounts_in_review().count(),
    )


def _families(drafts: QuerySet[Any], key: str) -> int:
    """Count the tariffs or plans that have such drafts."""
    return drafts.order_by().values(key).distinct().count()

"""Which tariff version prices an agreement when, for pages that look at prices between bills."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.periods import Period
from statements.models import PlanAssignment
from statements.problems import Problem
from statements.rating.book import PricedTime
from statements.rating.open_book import open_book

COMMODITY = "agreement__usage_point__commodity"


def prices_of(
    agreement_ids: Iterable[int], period: Period, zone: ZoneInfo
) -> list[tuple[int, PricedTime]]:
    """Return who prices these agreements in a period, each with its agreement; two queries.

    Time that nothing prices, which billing would refuse, is left out.
    """
    plans = PlanAssignment.objects.filter(
        agreement_id__in=list(agreement_ids), starts_at__lt=period.ends_at
    ).exclude(ends_at__lte=period.starts_at)
    book = open_book(period)
    found: list[tuple[int, PricedTime]] = []
    columns = ["agreement_id", "plan_version_id", COMMODITY, "starts_at", "ends_at"]
    rows = plans.order_by("starts_at", "pk").values_list(*columns)
    for agreement, plan_version, commodity, starts_at, ends_at in rows:
        part = period.overlap(Period(starts_at, ends_at or period.ends_at))
        if part is None:
            continue
        try:
            times = book.times(plan_version, part, zone, commodity=commodity)
        except Problem:
            continue
        found += [(agreement, time) for time in times]
    return found

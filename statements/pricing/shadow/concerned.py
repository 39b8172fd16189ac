"""Whose bills of a month a draft concerns, by what plans they had, whatever can be priced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.periods import Period, local_month
from meters.queries import Metered
from statements.operations.plan import month_of
from statements.pricing.shadow.draft import Draft
from statements.rating.book import PriceBook
from statements.rating.load import Grounds
from tariffs.models import PlanVersion, Tariff

Prices = Callable[[int, str], bool]  # plan version and commodity: does the draft price it?


def agreements_concerned(known: Grounds, book: PriceBook, draft: Draft) -> dict[int, set[int]]:
    """Return the agreements that had the tariff or plan of a draft in the month, by account.

    :param book: as it is without the draft
    """
    prices, found = _prices(book, draft), dict[int, set[int]]()
    for account, metered in known.metered.items():
        concerned = {m.agreement_id for m in metered if _is_concerned(m, known, book, prices)}
        if concerned:
            found[account] = concerned
    return found


def _is_concerned(metered: Metered, known: Grounds, book: PriceBook, prices: Prices) -> bool:
    try:
        cycle = _cycle(known.month, metered.zone_name)
    except (ZoneInfoNotFoundError, ValueError):
        return True  # nobody can tell; it is counted as what cannot be priced
    period = metered.period.overlap(cycle)
    if period is None:
        return False
    for plan_version, starts_at, ends_at in known.past.assigned.get(metered.agreement_id, ()):
        if starts_at < period.ends_at and (ends_at is None or ends_at > period.starts_at):
            part = Period(
                max(starts_at, period.starts_at), min(ends_at or period.ends_at, period.ends_at)
            )
            versions = book.plans.versions_on(plan_version, part, metered.zone)
            if any(prices(version, metered.commodity) for version, _ in versions):
                return True
    return False


@lru_cache
def _cycle(month: str, zone_name: str) -> Period:
    return local_month(*month_of(month), ZoneInfo(zone_name))


def _prices(book: PriceBook, draft: Draft) -> Prices:
    plan_of = book.plans.plan_of
    if isinstance(draft, PlanVersion):
        return lambda version, commodity: plan_of.get(version) == draft.plan_id
    tariff = draft.tariff
    if tariff.role == Tariff.Role.DISCOUNT:
        return lambda version, commodity: commodity == tariff.commodity
    having = set(_having(book, tariff))
    is_any = tariff.role == Tariff.Role.PLAN  # what is common may stand with any service
    return lambda version, commodity: (
        version in having and (is_any or commodity == tariff.commodity)
    )


def _having(book: PriceBook, tariff: Tariff) -> Iterable[int]:
    """Yield the plan versions that bundle a tariff."""
    for version, bundled in book.plans.bundled.items():
        if any(each.tariff == tariff.pk for each in bundled):
            yield version

"""Reads what a costing needs: the agreement, those billed with it, their plans, the price book."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.periods import Period, local_day, local_month, midnight
from meters.models import CustomerAgreement
from meters.queries import Metered, metered_agreements
from statements.models import PlanAssignment
from statements.pricing.costing import Costing
from statements.pricing.day_book import priced_as_on
from statements.rating.book import PriceBook
from statements.rating.needs import needs_of
from statements.rating.open_book import open_book
from statements.rating.plan_book import COMMON


def months_before(day: date, zone: ZoneInfo, *, count: int) -> list[Period]:
    """Return the last whole months that end by the first moment of a day, oldest first."""
    found, year, month = [], day.year, day.month
    for _ in range(count):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        found.append(local_month(year, month, zone))
    return found[::-1]


def costing(
    agreement: CustomerAgreement,
    months: Sequence[Period],
    days: Sequence[date],
    plan_versions: Collection[int],
) -> Costing:
    """Return what months cost at the prices of a day, without readings yet; four queries.

    :param agreement: with its account, customer and location
    :param days: the day whose prices count, and others for tariffs without prices on it
    :param plan_versions: those that will be priced, beside the one that it has
    """
    zone = agreement.usage_point.location.zone
    reach = [local_day(day, zone) for day in days]
    last = max(months[-1].ends_at, *(each.ends_at for each in reach))
    first = min(months[0].starts_at, *(each.starts_at for each in reach))
    metered = metered_agreements([agreement.account_id], Period(first, last))
    metered = [each for each in metered if each.zone_name == zone.key]
    whole = open_book(Period(first, last))
    plan_of = _plans_of({each.agreement_id for each in metered}, whole, days[0], zone)
    book = priced_as_on(whole, days)
    priced = {*plan_versions, *([plan_of[agreement.pk]] if agreement.pk in plan_of else [])}
    kept = _billed_together(agreement, metered, plan_of, priced, book)
    return Costing(agreement, zone, kept, plan_of, book, list(months), {})


def _plans_of(
    agreements: Iterable[int], book: PriceBook, day: date, zone: ZoneInfo
) -> dict[int, int]:
    """Return the version of its plan that each agreement is priced by on a day."""
    today = Period(midnight(day, zone), midnight(day + timedelta(days=1), zone))
    rows = PlanAssignment.objects.filter(
        agreement_id__in=list(agreements), starts_at__lt=today.ends_at
    )
    found = {}
    ordered = rows.order_by("agreement_id", "starts_at")
    for agreement, version in ordered.values_list("agreement_id", "plan_version_id"):
        found[agreement] = next(book.plans.versions_on(version, today, zone))[0]
    return found


def _billed_together(
    agreement: CustomerAgreement,
    metered: Sequence[Metered],
    plan_of: Mapping[int, int],
    priced: Collection[int],
    book: PriceBook,
) -> list[Metered]:
    """Return the agreement and those of its account without which its plans have no full price.

    These are the ones that share the common charges of a plan with it, and those whose use it is
    billed by. Others cost the same under every plan, and their gaps shall not stand in the way.
    """
    shared = {book.plans.plan_of.get(version) for version in priced if _has_common(version, book)}
    lenders = {source.partition(".")[0] for version in priced for source in _lent(version, book)}
    return sorted(
        (
            each
            for each in metered
            if each.agreement_id == agreement.pk
            or (each.agreement_id in plan_of and each.commodity in lenders)
            or book.plans.plan_of.get(plan_of.get(each.agreement_id, 0)) in shared - {None}
        ),
        key=lambda each: each.agreement_id,
    )


def _has_common(version: int, book: PriceBook) -> bool:
    return any(each.scope == COMMON for each in book.plans.bundled.get(version, ()))


def _lent(version: int, book: PriceBook) -> Iterable[str]:
    for bundled in book.plans.bundled.get(version, ()):
        for dated in book.versions_of.get(bundled.tariff, ()):
            yield from needs_of(dated.tariff).lent

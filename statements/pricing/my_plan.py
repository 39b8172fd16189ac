"""What an agreement pays now and by which plan, until when, and what changes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import CustomerAccount
from core.once import once
from core.periods import local_date, local_day
from meters.models import CustomerAgreement
from statements.models import PlanAssignment
from statements.pricing.advice import MONTHS, Advice
from statements.pricing.reading import costing, months_before
from statements.problems import Problem
from statements.rating.book import PricedTime
from statements.rating.open_book import open_book
from tariffs import engine
from tariffs.models import PlanTariff, PlanVersion, TariffVersion


@dataclass(frozen=True)
class Prices:
    """All that a plan prices an agreement by on a day; empty where a tariff has no prices."""

    tariffs: tuple[engine.Tariff, ...]
    taxes: tuple[engine.Tax, ...]


@dataclass(frozen=True)
class Held:
    """The plan that an agreement has now, and the one that is to follow."""

    agreement: CustomerAgreement
    version: PlanVersion | None  # that holds today
    coming: PlanAssignment | None  # another plan, from a later day

    def plan_at(self, moment: datetime) -> int | None:
        """Return the plan of a later moment, as far as it is known now."""
        if self.coming and self.coming.starts_at <= moment:
            return self.coming.plan_version.plan_id
        return self.version.plan_id if self.version else None


@dataclass(frozen=True)
class PriceChange:
    """The next day on which the present plan costs otherwise."""

    on: date
    before: Prices
    after: Prices
    months: int  # that were compared; 0: nothing could be
    effect_minor: int  # on those months: above zero it costs more


def held_plans(account: CustomerAccount, now: datetime) -> list[Held]:
    """Return what is delivered to an account now, by service, with its plans; four queries."""
    live = Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    found = CustomerAgreement.objects.filter(live, account=account)
    agreements = list(
        found.select_related("account__customer", "usage_point__location").order_by(
            "usage_point__commodity", "pk"
        )
    )
    rows = PlanAssignment.objects.filter(agreement__in=agreements).select_related(
        "plan_version__plan"
    )
    by_agreement: dict[int, list[PlanAssignment]] = {each.pk: [] for each in agreements}
    for row in rows.order_by("starts_at"):
        by_agreement[row.agreement_id].append(row)
    plans = {row.plan_version.plan_id for row in rows}
    versions = list(
        PlanVersion.objects.in_force()
        .filter(plan__in=plans)
        .select_related("plan")
        .order_by("starts_on", "pk")
    )
    return [_held(each, by_agreement[each.pk], versions, now) for each in agreements]


def _held(
    agreement: CustomerAgreement,
    rows: Sequence[PlanAssignment],
    versions: Sequence[PlanVersion],
    now: datetime,
) -> Held:
    present = next(
        (r for r in rows if r.starts_at <= now and (r.ends_at is None or r.ends_at > now)), None
    )
    coming = next((row for row in rows if row.starts_at > now), None)
    if present is None:
        return Held(agreement, None, coming)
    today = local_date(now, agreement.usage_point.location.zone)
    begun = [
        each
        for each in versions
        if each.plan_id == present.plan_version.plan_id and each.starts_on <= today
    ]
    return Held(agreement, begun[-1] if begun else present.plan_version, coming)


def prices_on(plan_version: int, commodity: str, day: date, zone: ZoneInfo) -> Prices:
    """Return what a plan prices a service by on a day, by the very book that bills are rated by."""
    whole = local_day(day, zone)
    try:
        book = once(("price book", whole), lambda: open_book(whole))
        times = book.times(plan_version, whole, zone, commodity=commodity, common=[whole])
    except Problem:
        return Prices((), ())
    return Prices(
        tuple(dict.fromkeys(time.tariff for time in times)), tuple(dict.fromkeys(_taxes(times)))
    )


def _taxes(times: Sequence[PricedTime]) -> Iterator[engine.Tax]:
    for time in times:
        yield from time.taxes


def valid_until(version: PlanVersion) -> date | None:
    """Return the last day of a plan, its later versions counted; None for one that goes on."""
    rows = PlanVersion.objects.in_force().filter(plan=version.plan_id)
    ends = list(rows.values_list("ends_on", flat=True))
    if None in ends or not ends:
        return None
    return max(end for end in ends if end) - timedelta(days=1)


def next_change(held: Held, today: date, found: Advice | None) -> PriceChange | None:
    """Return the next day with other prices, and its effect on the months that were compared.

    :param found: the comparison of the agreement, if there is one
    """
    if held.version is None:
        return None
    zone, commodity = held.agreement.usage_point.location.zone, held.agreement.usage_point.commodity
    on = _change_day(held.version, today)
    until = local_date(held.coming.starts_at, zone) if held.coming else None
    if on is None or (until is not None and until <= on):
        return None
    after = _version_on(held.version, on)
    months, effect = _effect(held.agreement, found, today, on)
    return PriceChange(
        on,
        prices_on(held.version.pk, commodity, today, zone),
        prices_on(after.pk, commodity, on, zone),
        months,
        effect,
    )


def _change_day(version: PlanVersion, today: date) -> date | None:
    """Return the first day after today on which the plan or a tariff of it has another version."""
    tariffs = PlanTariff.objects.filter(plan_version=version).values("tariff")
    rows = TariffVersion.objects.in_force().filter(tariff__in=tariffs, starts_on__gt=today)
    plans = PlanVersion.objects.in_force().filter(plan=version.plan_id, starts_on__gt=today)
    days = [*rows.values_list("starts_on", flat=True), *plans.values_list("starts_on", flat=True)]
    return min(days, default=None)


def _version_on(version: PlanVersion, day: date) -> PlanVersion:
    rows = PlanVersion.objects.in_force().filter(plan=version.plan_id, starts_on__lte=day)
    return rows.order_by("-starts_on", "-pk").first() or version


def _effect(
    agreement: CustomerAgreement, found: Advice | None, today: date, on: date
) -> tuple[int, int]:
    """Return how many months were priced both ways, and what the new prices add to them."""
    if found is None or found.present is None or not found.months:
        return 0, 0
    zone = agreement.usage_point.location.zone
    months = months_before(today, zone, count=MONTHS)
    try:
        then = costing(agreement, months, [on], [])
        cost = then.with_readings(then.plan_of[agreement.pk])
        total = cost.total(then.plan_of[agreement.pk]).minor
    except Problem:
        return 0, 0
    if tuple(cost.months) != tuple(found.months):
        return 0, 0
    return len(cost.months), total - found.present.total_minor

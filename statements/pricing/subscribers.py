"""Who is on plans and tariffs at a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.queries import utility
from core.periods import local_date, midnight
from statements.models import PlanAssignment
from tariffs.models import IN_FORCE, PlanTariff


@dataclass
class Subscribers:
    """Agreements that have plans, by plan and by the tariffs that price their service."""

    by_plan: Counter[int] = field(default_factory=Counter)
    by_tariff: Counter[int] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.by_plan.total()


def running(at: datetime) -> QuerySet[PlanAssignment]:
    """Return the assignments that run at a moment, of agreements that hold; one for each."""
    return PlanAssignment.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        Q(agreement__ends_at__isnull=True) | Q(agreement__ends_at__gt=at),
        starts_at__lte=at,
        agreement__starts_at__lte=at,
    )


def as_the_day_begins(day: date) -> datetime:
    """Return the first moment of a day where the utility is; plans change at midnight."""
    return midnight(day, utility().zone)


def month_before(day: date) -> date:
    """Return the same day of the month before, or the last one that it has."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def subscribers(plan_ids: Collection[int] | None, at: datetime) -> Subscribers:
    """Count the agreements on plans and on their tariffs; two queries.

    A plan is rated by the version that holds on the day, whatever version was given; after the
    end of the last one that goes on.

    :param plan_ids: only of these plans; None: of all
    """
    runs, found = running(at), Subscribers()
    if plan_ids is not None:
        runs = runs.filter(plan_version__plan__in=plan_ids)
    of_service: dict[int, Counter[str]] = defaultdict(Counter)
    columns = ("plan_version__plan_id", "agreement__usage_point__commodity")
    counted = runs.values_list(*columns).annotate(count=Count("agreement_id", distinct=True))
    for plan, commodity, count in counted.order_by():
        of_service[plan][commodity] += count
        found.by_plan[plan] += count
    for plan, tariffs in _tariffs_of(of_service, local_date(at, utility().zone)).items():
        for tariff, commodity in tariffs:
            found.by_tariff[tariff] += of_service[plan][commodity]
    return found


def _tariffs_of(plans: Collection[int], day: date) -> dict[int, list[tuple[int, str]]]:
    """Return the tariffs of services with their commodity, of the version that holds."""
    rows = PlanTariff.objects.filter(
        plan_version__plan__in=list(plans),
        plan_version__state__in=IN_FORCE,
        plan_version__starts_on__lte=day,
        scope=PlanTariff.Scope.SERVICE,
    ).values_list(
        "plan_version__plan_id", "plan_version__starts_on", "plan_version_id",
        "tariff_id", "tariff__commodity",
    )  # fmt: skip
    latest: dict[int, tuple[tuple[date, int], list[tuple[int, str]]]] = {}
    for plan, starts_on, version, tariff, commodity in sorted(rows):
        if plan not in latest or latest[plan][0] != (starts_on, version):
            latest[plan] = (starts_on, version), []
        latest[plan][1].append((tariff, commodity))
    return {plan: tariffs for plan, (_, tariffs) in latest.items()}

"""The plans on a public rate card, each with all that it charges beside the tariff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from statements.presentation.rate_card import Card, card
from statements.pricing.card_taxes import tax_classes
from statements.pricing.detail.rates import Rate, tax_rate
from statements.rating.versions import parsed
from tariffs import engine, plans
from tariffs.models import PlanTariff, PlanVersion, Tariff, TariffVersion

Own = Mapping[int, Sequence["Charged"]]  # by version of a plan


@dataclass(frozen=True)
class Charged:
    """What a plan charges itself: on one of its services, or on the whole bill."""

    scope: str
    tariff: engine.Tariff

    def is_on(self, service: str) -> bool:
        """Tell whether customers with the prices of this service pay it with them."""
        return self.scope == PlanTariff.Scope.COMMON or self.tariff.commodity == service


@dataclass(frozen=True)
class Offer:
    """A plan with a tariff: whom it is for, and what it charges beside the tariff."""

    name: str
    description: str
    categories: Sequence[str]  # none: everybody
    areas: Sequence[str]
    charges: Sequence[Card]
    tax: Rate | None  # in place of the taxes of the utility; none: those hold
    tax_classes: frozenset[str]  # of its charges
    first: date
    last: date | None
    is_later: bool  # it does not hold yet


def plan_versions(today: date) -> QuerySet[PlanVersion]:
    """Return the versions of offered plans that hold today or begin later."""
    return PlanVersion.objects.in_force().filter(_reaching(today), plan__is_active=True)


def offers(tariffs: Sequence[Tariff], today: date) -> Mapping[int, list[Offer]]:
    """Return by tariff the plans with it, by name, and what they charge for its service."""
    rows = PlanTariff.objects.filter(
        scope=PlanTariff.Scope.SERVICE, tariff__in=tariffs, plan_version__in=plan_versions(today)
    )
    versions = (
        PlanVersion.objects.filter(pk__in=rows.values("plan_version"))
        .select_related("plan")
        .prefetch_related("categories__category", "areas__area")
        .order_by("plan__name", "starts_on")
    )
    of_version = {each.pk: each for each in versions}
    own = _own(of_version, today)
    found: dict[int, list[Offer]] = defaultdict(list)
    pairs = set(rows.values_list("plan_version_id", "tariff_id"))
    for version in of_version.values():
        charged = own.get(version.pk, ())
        for tariff in tariffs:
            if (version.pk, tariff.pk) in pairs:
                here = [each.tariff for each in charged if each.is_on(tariff.commodity)]
                found[tariff.pk].append(_offer(version, here, today))
    return found


def _offer(version: PlanVersion, own: Sequence[engine.Tariff], today: date) -> Offer:
    tax = version.tax and tax_rate(plans.tax_in_force(version.tax), version.tax["currency"])
    return Offer(
        name=version.plan.name,
        description=str(version.definition.get("description", "")),
        categories=[str(row.category) for row in version.categories.all()],
        areas=[str(row.area) for row in version.areas.all()],
        charges=[card(each, key=f"p{version.pk}-") for each in own],
        tax=tax or None,
        tax_classes=frozenset[str]().union(*(tax_classes(each) for each in own)),
        first=version.starts_on,
        last=version.ends_on - timedelta(days=1) if version.ends_on else None,
        is_later=version.starts_on > today,
    )


def _own(versions: Mapping[int, PlanVersion], today: date) -> Own:
    """Return what plans charge beside the prices of their services, a later one as it begins."""
    rows = PlanTariff.objects.filter(plan_version__in=versions).exclude(
        scope=PlanTariff.Scope.SERVICE
    )
    scoped = list(rows.order_by("pk").values_list("plan_version_id", "tariff_id", "scope"))
    dated = TariffVersion.objects.in_force().filter(
        _reaching(today), tariff__in={tariff for _, tariff, _ in scoped}
    )
    by_tariff: dict[int, list[TariffVersion]] = defaultdict(list)
    for row in dated.order_by("starts_on", "number").defer("definition"):
        by_tariff[row.tariff_id].append(row)
    read = parsed([(row.pk, row.digest) for rows in by_tariff.values() for row in rows])
    found: dict[int, list[Charged]] = defaultdict(list)
    for version, tariff, scope in scoped:
        day = max(today, versions[version].starts_on)
        begun = [row for row in by_tariff[tariff] if row.starts_on <= day]
        if begun:
            found[version].append(Charged(scope, read[begun[-1].pk]))
    return found


def _reaching(today: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gt=today)

"""Whether plans fit an agreement: its service, its customer's category, its area, its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AccountCategory, Commodity, ConsumerCategory, ServiceArea
from core import formats
from meters.models import CustomerAgreement, LocationArea
from tariffs.models import (
    IN_FORCE,
    PlanArea,
    PlanCategory,
    PlanTariff,
    PlanVersion,
    Tariff,
    TariffVersion,
)


class NotAssignable(ValueError):
    """The plan does not fit the agreement, or is not offered; the words are for people."""


@dataclass(frozen=True)
class _Asked:
    """What plan versions ask of an agreement on a day, and what it has of that."""

    agreement: CustomerAgreement
    day: date
    tariffs: Mapping[int, Sequence[Tariff]]  # of the service, by plan version
    priced: Collection[int]  # tariffs with prices on the day
    categories: Mapping[int, set[int]]  # that a plan version is for; none: all
    areas: Mapping[int, set[int]]
    category: ConsumerCategory | None
    area: ServiceArea | None


def refuse_misfit(agreement: CustomerAgreement, version: PlanVersion, day: date) -> None:
    """Refuse a plan that is not offered to this agreement from this day on.

    :raises NotAssignable: saying what does not fit
    """
    if why := misfits(agreement, [version], day)[version.pk]:
        raise NotAssignable(why)


def misfits(
    agreement: CustomerAgreement, versions: Collection[PlanVersion], day: date
) -> dict[int, str]:
    """Return why plan versions are not offered to an agreement from a day on; empty: they are.

    A constant number of queries, whatever the number of plans.

    :param versions: with their plans
    """
    asked = _asked(agreement, versions, day)
    found = {}
    for version in versions:
        try:
            _refuse(version, asked)
            found[version.pk] = ""
        except NotAssignable as error:
            found[version.pk] = str(error)
    return found


def _asked(agreement: CustomerAgreement, versions: Collection[PlanVersion], day: date) -> _Asked:
    point, keys = agreement.usage_point, [version.pk for version in versions]
    categories, areas = _categories(keys), _areas(keys, point.commodity)
    tariffs = _tariffs(keys, point.commodity)
    return _Asked(
        agreement,
        day,
        tariffs,
        _priced({tariff.pk for each in tariffs.values() for tariff in each}, day),
        categories,
        areas,
        _category_of(agreement, day) if categories else None,
        _area_of(agreement) if areas else None,
    )


def _tariffs(versions: Collection[int], commodity: str) -> dict[int, list[Tariff]]:
    rows = PlanTariff.objects.filter(
        plan_version__in=versions,
        scope=PlanTariff.Scope.SERVICE,
        tariff__commodity=commodity,
    )
    found: dict[int, list[Tariff]] = defaultdict(list)
    for row in rows.select_related("tariff").order_by("pk"):
        found[row.plan_version_id].append(row.tariff)
    return found


def _priced(tariffs: Collection[int], day: date) -> set[int]:
    """Return the tariffs that have prices on a day."""
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    rows = TariffVersion.objects.in_force().filter(
        reaching, tariff_id__in=tariffs, starts_on__lte=day
    )
    return set(rows.values_list("tariff_id", flat=True))


def _categories(versions: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = PlanCategory.objects.filter(plan_version__in=versions)
    for version, category in rows.values_list("plan_version_id", "category_id"):
        found[version].add(category)
    return found


def _areas(versions: Collection[int], commodity: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = PlanArea.objects.filter(plan_version__in=versions, area__commodity=commodity)
    for version, area in rows.values_list("plan_version_id", "area_id"):
        found[version].add(area)
    return found


def _category_of(agreement: CustomerAgreement, day: date) -> ConsumerCategory | None:
    rows = AccountCategory.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day), account=agreement.account, starts_on__lte=day
    )
    return next((row.category for row in rows.select_related("category__parent")), None)


def _area_of(agreement: CustomerAgreement) -> ServiceArea | None:
    point = agreement.usage_point
    rows = LocationArea.objects.filter(location=point.location, commodity=point.commodity)
    return next((row.area for row in rows.select_related("area__parent")), None)


def _refuse(version: PlanVersion, asked: _Asked) -> None:
    _refuse_not_offered(version, asked.day)
    _refuse_unpriced(version, asked)
    _refuse_other_category(version, asked)
    _refuse_other_area(version, asked)


def _refuse_not_offered(version: PlanVersion, day: date) -> None:
    words = {"plan": version, "day": formats.day(day)}
    if not version.plan.is_active:
        raise NotAssignable(_("%s is not offered any more.") % version.plan)
    if version.state not in IN_FORCE:
        raise NotAssignable(_("%(plan)s is not published.") % words)
    if version.starts_on > day:
        raise NotAssignable(_("%(plan)s does not hold on %(day)s yet.") % words)
    if version.ends_on is not None and version.ends_on <= day:
        raise NotAssignable(_("%(plan)s does not hold on %(day)s any more.") % words)


def _refuse_unpriced(version: PlanVersion, asked: _Asked) -> None:
    tariffs = asked.tariffs.get(version.pk, ())
    if not tariffs:
        service = Commodity(asked.agreement.usage_point.commodity).label
        words = {"plan": version.plan, "service": service}
        raise NotAssignable(_("%(plan)s is not for %(service)s.") % words)
    for tariff in tariffs:
        if tariff.pk not in asked.priced:
            words = {"tariff": tariff, "day": formats.day(asked.day)}
            raise NotAssignable(_("%(tariff)s has no prices on %(day)s.") % words)


def _refuse_other_category(version: PlanVersion, asked: _Asked) -> None:
    wanted, own = asked.categories.get(version.pk), asked.category
    if not wanted:
        return
    if own is None:
        raise NotAssignable(_("The account has no category, and %s is not for all.") % version.plan)
    if not wanted & _with_parents(own):
        words = {"plan": version.plan, "category": own}
        raise NotAssignable(_("%(plan)s is not for the category %(category)s.") % words)


def _refuse_other_area(version: PlanVersion, asked: _Asked) -> None:
    wanted, own = asked.areas.get(version.pk), asked.area
    if not wanted:
        return
    if own is None or not wanted & _with_parents(own):
        words = {"plan": version.plan, "area": own or _("no area")}
        raise NotAssignable(_("%(plan)s is not for the service area %(area)s.") % words)


def _with_parents(node: ConsumerCategory | ServiceArea) -> set[int]:
    found = set[int]()
    at: ConsumerCategory | ServiceArea | None = node
    while at is not None:
        found.add(at.pk)
        at = at.parent
    return found

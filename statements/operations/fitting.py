"""Whether a plan fits an agreement: its service, its customer's category, its area, its day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccountCategory, Commodity, ConsumerCategory, ServiceArea
from core import formats
from meters.models import CustomerAgreement, LocationArea
from tariffs.models import IN_FORCE, PlanTariff, PlanVersion, TariffVersion


class NotAssignable(ValueError):
    """The plan does not fit the agreement, or is not offered; the words are for people."""


def refuse_misfit(agreement: CustomerAgreement, version: PlanVersion, day: date) -> None:
    """Refuse a plan that is not offered to this agreement from this day on.

    :raises NotAssignable: saying what does not fit
    """
    _refuse_not_offered(version, day)
    commodity = agreement.usage_point.commodity
    service = PlanTariff.objects.filter(plan_version=version, scope=PlanTariff.Scope.SERVICE)
    tariffs = service.filter(tariff__commodity=commodity).select_related("tariff")
    if not tariffs:
        words = {"plan": version.plan, "service": Commodity(commodity).label}
        raise NotAssignable(_("%(plan)s is not for %(service)s.") % words)
    for row in tariffs:
        if not _holding(row.tariff_id, day).exists():
            words = {"tariff": row.tariff, "day": formats.day(day)}
            raise NotAssignable(_("%(tariff)s has no prices on %(day)s.") % words)
    _refuse_other_category(agreement, version, day)
    _refuse_other_area(agreement, version)


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


def _holding(tariff: int, day: date) -> QuerySet[TariffVersion]:
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    return TariffVersion.objects.in_force().filter(reaching, tariff_id=tariff, starts_on__lte=day)


def _refuse_other_category(agreement: CustomerAgreement, version: PlanVersion, day: date) -> None:
    wanted = {row.category_id for row in version.categories.all()}
    if not wanted:
        return
    rows = AccountCategory.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day), account=agreement.account, starts_on__lte=day
    )
    own = next((row.category for row in rows.select_related("category__parent")), None)
    if own is None:
        raise NotAssignable(_("The account has no category, and %s is not for all.") % version.plan)
    if not wanted & _with_parents(own):
        words = {"plan": version.plan, "category": own}
        raise NotAssignable(_("%(plan)s is not for the category %(category)s.") % words)


def _refuse_other_area(agreement: CustomerAgreement, version: PlanVersion) -> None:
    point = agreement.usage_point
    wanted = {row.area_id for row in version.areas.filter(area__commodity=point.commodity)}
    if not wanted:
        return
    rows = LocationArea.objects.filter(location=point.location, commodity=point.commodity)
    own = next((row.area for row in rows.select_related("area__parent")), None)
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

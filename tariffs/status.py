"""What the clock makes of a tariff or plan: scheduled, active, expired, inactive, or not published.

One rule, twice: for a list the database computes it, for one item Python; tests hold them equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models import TextChoices as Choices
from django.utils.translation import gettext_lazy as _

from tariffs.models import IN_FORCE, Plan, PlanVersion, Tariff, TariffVersion


class ItemStatus(Choices):
    """The status of a family; its versions have states of their own."""

    DRAFT = "draft", _("Not published")
    SCHEDULED = "scheduled", _("Scheduled")
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    INACTIVE = "inactive", _("Inactive")


def status(
    versions: Iterable[TariffVersion | PlanVersion], today: date, *, is_active: bool
) -> ItemStatus:
    """Return the status of a family from all of its versions.

    :param today: the day where the utility is
    :param is_active: whether nobody has switched it off by hand
    """
    in_force = [version for version in versions if version.state in IN_FORCE]
    if not in_force:
        return ItemStatus.DRAFT
    reaching = [v for v in in_force if v.ends_on is None or v.ends_on > today]
    if not reaching:
        return ItemStatus.EXPIRED
    if not is_active:
        return ItemStatus.INACTIVE
    if any(version.starts_on <= today for version in reaching):
        return ItemStatus.ACTIVE
    return ItemStatus.SCHEDULED


def with_status(items: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Return tariffs or plans with `status`, a value of `ItemStatus`.

    :param today: the day where the utility is
    """
    if items.model is Plan:
        versions: QuerySet[PlanVersion] | QuerySet[TariffVersion]
        versions = PlanVersion.objects.in_force().filter(plan=OuterRef("pk"))
    else:
        versions = TariffVersion.objects.in_force().filter(tariff=OuterRef("pk"))
    reaching = versions.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))
    return items.annotate(
        status=Case(
            When(~Exists(versions), then=Value(ItemStatus.DRAFT)),
            When(~Exists(reaching), then=Value(ItemStatus.EXPIRED)),
            When(is_active=False, then=Value(ItemStatus.INACTIVE)),
            When(Exists(reaching.filter(starts_on__lte=today)), then=Value(ItemStatus.ACTIVE)),
            default=Value(ItemStatus.SCHEDULED),
            output_field=CharField(),
        )
    )


def status_of(item: Tariff | Plan, today: date) -> ItemStatus:
    """Return the status of one tariff or plan; one query."""
    return status(item.versions.all(), today, is_active=item.is_active)

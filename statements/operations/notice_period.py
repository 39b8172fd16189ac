"""How long before prices change customers must have been told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from core import formats
from tariffs.models import PlanVersion, TariffVersion
from tariffs.operations import NotPublishable

Version = TariffVersion | PlanVersion


class NoticeTooShort(NotPublishable):
    """Customers would be told of a change of their prices too late."""


def replaced(version: Version) -> Any:
    """Return the version in force that this one ends when it is published, or None."""
    family = version.tariff if isinstance(version, TariffVersion) else version.plan
    others = family.versions.in_force().exclude(pk=version.pk)
    reaching = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=version.starts_on))
    return reaching.filter(starts_on__lt=version.starts_on).order_by("-starts_on").first()


def earliest_start(version: Version, today: date) -> date | None:
    """Return the first day on which this version may begin if it is published today.

    None where no notice is asked for, or where it replaces nothing.
    """
    if not settings.PRICE_NOTICE_DAYS or replaced(version) is None:
        return None
    return today + timedelta(days=settings.PRICE_NOTICE_DAYS)


def refuse_short(version: Version, today: date) -> None:
    """Refuse to publish what customers could not be told of in time.

    :raises NoticeTooShort: naming the first day that is possible
    """
    earliest = earliest_start(version, today)
    if earliest is not None and version.starts_on < earliest:
        words = {
            "days": settings.PRICE_NOTICE_DAYS,
            "version": version,
            "day": formats.day(earliest),
        }
        raise NoticeTooShort(
            _(
                "Customers must be told %(days)s days before their prices change: published "
                "today, %(version)s may begin on %(day)s at the earliest."
            )
            % words
        )

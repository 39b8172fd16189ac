"""What putting a version into force will do, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from statements.operations.notice_period import replaced
from statements.pricing.subscribers import subscribers
from tariffs.models import PlanVersion, TariffVersion


def effect(version: TariffVersion | PlanVersion, today: date, now: datetime) -> list[str]:
    """Return what publishing does: what ends, what begins, and who is billed by it."""
    return [
        *_before(version),
        _begins(version, today),
        *_customers(version, now),
        *_renamed(version),
    ]


def customers(version: TariffVersion | PlanVersion, now: datetime) -> int:
    """Count the services of customers that are on its tariff or plan now; two queries."""
    if isinstance(version, TariffVersion):
        return subscribers(None, now).by_tariff[version.tariff_id]
    return subscribers([version.plan_id], now).by_plan[version.plan_id]


def _before(version: Any) -> Iterator[str]:
    before = replaced(version)
    if before is not None:
        words = {
            "number": before.number,
            "day": formats.day(version.starts_on - timedelta(days=1)),
        }
        yield _("v%(number)s ends: its last day is %(day)s.") % words


def _begins(version: Any, today: date) -> str:
    words = {"number": version.number, "day": formats.day(version.starts_on)}
    if version.starts_on <= today:
        said = _("v%(number)s is in force at once, and prices use from %(day)s on.") % words
    else:
        said = _("v%(number)s is in force from %(day)s on.") % words
    if version.ends_on is None:
        return said
    last = {"said": said, "last": formats.day(version.ends_on - timedelta(days=1))}
    return _("%(said)s Its last day is %(last)s.") % last


def _customers(version: TariffVersion | PlanVersion, now: datetime) -> Iterator[str]:
    count = customers(version, now)
    if not count:
        yield _("No customer is billed by it today.")
        return
    words = {"count": formats.number(count), "day": formats.day(version.starts_on)}
    yield (
        ngettext(
            "%(count)s service of a customer is billed by it from %(day)s on.",
            "%(count)s services of customers are billed by it from %(day)s on.",
            count,
        )
        % words
    )


def _renamed(version: Any) -> Iterator[str]:
    item = version.tariff if isinstance(version, TariffVersion) else version.plan
    name = str(version.definition.get("name") or item.name)
    if name != item.name:
        words = {"before": item.name, "after": name}
        yield _("%(before)s is then called %(after)s.") % words

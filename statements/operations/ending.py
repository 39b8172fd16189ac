"""Ending prices and plans by a day that no issued statement has passed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from statements.operations.publish import Version, billed_until, plan_billed_until
from tariffs import operations
from tariffs.models import TariffVersion


@transaction.atomic
def schedule_end(
    version: Version,
    ends_on: date,
    *,
    actor: User | None,
    at: datetime,
    today: date,
    reason: str = "",
) -> None:
    """Set or shorten the end of a version in force.

    :param ends_on: the first day without it
    :param today: the day where the utility is
    :raises tariffs.operations.NotPossible, AlreadyBilled: as `tariffs.operations.schedule_end`
    """
    if isinstance(version, TariffVersion):
        billed = billed_until(version.tariff)
    else:
        billed = plan_billed_until(version.plan)
    operations.schedule_end(
        version,
        ends_on,
        actor=actor,
        at=at,
        today=today,
        reason=reason,
        billed_until=billed,
    )

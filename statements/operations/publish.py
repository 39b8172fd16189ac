"""Putting a tariff version into force, with what only statements know: how far it is billed."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from accounts.models import User
from core.periods import local_date
from statements.models import Statement, StatementLine
from tariffs import operations
from tariffs.models import Tariff, TariffVersion


def publish(version: TariffVersion, *, approver: User | None, published_at: datetime) -> None:
    """Put a draft into force; the version before it ends no earlier than it is billed.

    :raises tariffs.operations.NotPublishable: as `tariffs.operations.publish`
    :raises tariffs.engine.TariffError: if the definition cannot be priced
    """
    operations.publish(
        version,
        approver=approver,
        published_at=published_at,
        billed_until=billed_until(version.tariff),
    )


def billed_until(tariff: Tariff) -> date | None:
    """Return the first local day that no issued statement prices under this tariff."""
    lines = StatementLine.objects.filter(
        tariff_version__tariff=tariff, statement__state=Statement.State.ISSUED
    )
    ends = lines.values_list("statement__zone_name").annotate(Max("ends_at")).order_by()
    return max((local_date(ended, ZoneInfo(zone)) for zone, ended in ends), default=None)

"""How many metered places are served now, and how they are paid: as the list of meters counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from meters.models import CustomerAgreement, MeterInstallation, UsagePoint
from reports.manage_meters.narrowing import live

Mode = CustomerAgreement.PaymentMode


@dataclass(frozen=True)
class Connections:
    """Meters that hang at places that are switched on; and by how their agreement is paid."""

    active: int
    postpaid: int
    prepaid: int


def count(now: datetime) -> Connections:
    """Return the counts at a business moment, in two queries."""
    hanging = MeterInstallation.objects.filter(ends_at=None)
    on = hanging.filter(usage_point__connection_state=UsagePoint.ConnectionState.CONNECTED)
    metered = CustomerAgreement.objects.filter(
        live(now), usage_point__in=hanging.values("usage_point")
    )
    modes = metered.aggregate(
        postpaid=Count("pk", filter=Q(payment_mode=Mode.POSTPAID)),
        prepaid=Count("pk", filter=Q(payment_mode=Mode.PREPAID)),
    )
    return Connections(on.count(), modes["postpaid"], modes["prepaid"])

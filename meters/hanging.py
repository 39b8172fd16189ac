"""Which meter hangs where, and what its registers showed last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from meters.models import LastCounter, Meter, MeterInstallation, UsagePoint
from meters.vee.counters import Counter


def installation_of(meter: Meter) -> MeterInstallation | None:
    """Return where a meter hangs, with its place; None if it hangs nowhere."""
    hanging = MeterInstallation.objects.filter(meter=meter, ends_at=None)
    return hanging.select_related("meter", "usage_point__location").first()


def meter_at(point: UsagePoint) -> Meter | None:
    """Return the meter that hangs at a usage point."""
    found = MeterInstallation.objects.filter(usage_point=point, ends_at=None)
    hanging = found.select_related("meter").first()
    return hanging.meter if hanging else None


def free_from(meter: Meter, point: UsagePoint | None) -> datetime | None:
    """Return from when on neither the meter nor the place is taken by an earlier installation."""
    taken = Q(meter=meter) | (Q(usage_point=point) if point else Q(pk__in=[]))
    ends = MeterInstallation.objects.filter(taken, ends_at__isnull=False)
    return ends.order_by("-ends_at").values_list("ends_at", flat=True).first()


def last_counters(meter: Meter) -> Mapping[str, Counter]:
    """Return what each register showed last, by quantity, in base units."""
    rows = LastCounter.objects.filter(channel__meter=meter)
    return {
        quantity: Counter(read_at, value)
        for quantity, read_at, value in rows.values_list("channel__quantity", "read_at", "value")
    }

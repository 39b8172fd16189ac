"""Which registers measured a meter's or a place's time, and in which part of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import Commodity
from core import formats
from core.periods import Period
from meters.models import Channel, Meter, MeterInstallation, UsagePoint
from meters.queries import MeteredChannel
from meters.vee.counters import floor

DISPLAY = {"Wh": ("kWh", 1000), "l": ("m3", 1000)}  # base units of a unit


@dataclass(frozen=True)
class Part:
    """One register at one place, in the part of a period in which it hung there."""

    channel: MeteredChannel
    meter_id: int
    point: UsagePoint
    zone: ZoneInfo

    @property
    def unit(self) -> str:
        return DISPLAY[self.channel.unit][0]

    @property
    def scale(self) -> int:
        return DISPLAY[self.channel.unit][1]

    @property
    def commodity(self) -> str:
        return str(Commodity(self.point.commodity).label)

    @property
    def word(self) -> str:
        """Return which register it is: delivered or fed back."""
        return str(Channel.Quantity(self.channel.quantity).label)

    def told(self, base: int) -> str:
        return formats.quantity(base, self.unit, scale=self.scale)


def parts_of_meter(meter: Meter, period: Period, *, now: datetime) -> list[Part]:
    """Return the registers of a meter, once for each place where it hung in a period.

    What is not over yet is left out: it is not missing.
    """
    return _parts(MeterInstallation.objects.filter(meter=meter), period, now)


def parts_of_point(point: UsagePoint, period: Period, *, now: datetime) -> list[Part]:
    """Return the registers of all meters that hung at a place in a period, as far as it is over."""
    return _parts(MeterInstallation.objects.filter(usage_point=point), period, now)


def _parts(hung: QuerySet[MeterInstallation], period: Period, now: datetime) -> list[Part]:
    open_or_later = Q(ends_at__isnull=True) | Q(ends_at__gt=period.starts_at)
    found = (
        hung.filter(open_or_later, starts_at__lt=period.ends_at)
        .select_related("meter", "usage_point__location")
        .prefetch_related("meter__channels")
        .order_by("starts_at", "pk")
    )
    return [part for each in found for part in _of_installation(each, period, now)]


def _of_installation(hung: MeterInstallation, period: Period, now: datetime) -> Iterable[Part]:
    point = hung.usage_point
    for channel in sorted(hung.meter.channels.all(), key=lambda each: each.pk):
        over = floor(now, channel.interval_s)
        starts_at = max(hung.starts_at, period.starts_at)
        ends_at = min(hung.ends_at or over, period.ends_at, over)
        if starts_at >= ends_at:
            continue
        mine = Period(starts_at, ends_at)
        read = MeteredChannel(
            channel.pk,
            channel.quantity,
            channel.unit,
            channel.interval_s,
            mine,
            channel.is_register_only,
            hung.meter.serial,
            channel.modulus,
        )
        yield Part(read, hung.meter_id, point, point.location.zone)

"""Look for gaps in what all meters delivered lately, and estimate what has a ground."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from core.periods import Period
from meters import readings
from meters.models import Channel, MeterInstallation
from meters.operations.estimates import estimate_missing

LOOK_BACK = timedelta(days=35)  # the last month, until it has surely been billed
PATIENCE = timedelta(hours=6)  # a late meter may still deliver
CHUNK = 500


def estimate_gaps(now: datetime) -> int:
    """Fill the gaps of installed meters, marked as estimated; return how many slots.

    Actual values that come later take the place of estimates.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    period = Period(hour - LOOK_BACK, hour - PATIENCE)
    return sum(_estimate(interval_s, period, now) for interval_s in _intervals())


def _intervals() -> list[int]:
    channels = Channel.objects.filter(is_register_only=False, interval_s__lte=3600)
    return list(channels.values_list("interval_s", flat=True).distinct().order_by("interval_s"))


def _estimate(interval_s: int, period: Period, now: datetime) -> int:
    installed = MeterInstallation.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=period.starts_at), starts_at__lt=period.ends_at
    )
    channels = Channel.objects.filter(
        meter__in=installed.values("meter"), interval_s=interval_s, is_register_only=False
    ).order_by("pk")
    keys = list(channels.values_list("pk", flat=True))
    filled = 0
    for start in range(0, len(keys), CHUNK):
        filled += _estimate_some(keys[start : start + CHUNK], interval_s, period, now)
    return filled


def _estimate_some(keys: list[int], interval_s: int, period: Period, now: datetime) -> int:
    values, _, _ = readings.fetch_matrix(keys, period, interval_s)
    broken = (values == readings.MISSING).any(axis=1)
    return sum(
        estimate_missing([key], own, now=now)
        for key, is_broken in zip(keys, broken.tolist(), strict=True)
        if is_broken
        for own in _installed(key, period)
    )


def _installed(channel_id: int, period: Period) -> list[Period]:
    """Return when the channel's meter hung somewhere; before and after there is no gap."""
    rows = MeterInstallation.objects.filter(
        meter__channels=channel_id, starts_at__lt=period.ends_at
    ).order_by("starts_at")
    return [
        part
        for starts_at, ends_at in rows.values_list("starts_at", "ends_at")
        if (part := period.overlap(Period(starts_at, ends_at or period.ends_at)))
    ]

"""Which meters a list wants: by where they hang, who pays how, and when they were heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from meters.models import CustomerAgreement, Meter, MeterInstallation, ReadingException

Rows = QuerySet[Any]


def live(now: datetime) -> Q:
    """Select what has begun and not ended."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def hangs(**wanted: Any) -> Exists:
    """Tell of a meter whether it hangs at a usage point like this."""
    found = MeterInstallation.objects.filter(meter=OuterRef("pk"), ends_at=None, **wanted)
    return Exists(found)


def by_state(rows: Rows, state: str) -> Rows:
    return rows.filter(hangs(usage_point__connection_state=state))


def by_commodity(rows: Rows, commodity: str) -> Rows:
    return rows.filter(hangs(usage_point__commodity=commodity))


def by_mode(now: datetime) -> Callable[[Rows, str], Rows]:
    """Narrow to places whose agreement of now is paid like this."""

    def narrow(rows: Rows, mode: str) -> Rows:
        paid = CustomerAgreement.objects.filter(live(now), payment_mode=mode)
        return rows.filter(hangs(usage_point__in=paid.values("usage_point")))

    return narrow


def silent(now: datetime) -> Callable[[Rows, str], Rows]:
    """Narrow to hanging meters that are polled and were not heard for so many days."""

    def narrow(rows: Rows, days: str) -> Rows:
        since = now - timedelta(days=int(days))
        unheard = Q(connection__last_seen_at=None) | Q(connection__last_seen_at__lt=since)
        return rows.filter(hangs(), unheard, connection__isnull=False)

    return narrow


def waiting(rows: Rows, _yes: str) -> Rows:
    """Narrow to meters with something to decide."""
    held = ReadingException.objects.filter(resolution=ReadingException.Resolution.OPEN)
    of_meter = Q(pk__in=held.filter(meter__isnull=False).values("meter"))
    of_channel = Q(channels__in=held.filter(meter=None, channel__isnull=False).values("channel"))
    found = Meter.objects.filter(of_meter | of_channel)
    return rows.filter(pk__in=found.values("pk"))


def by_words(rows: Rows, words: str) -> Rows:
    """Find meters by how their serial number or the code of their place begins."""
    begins = words.strip()
    places = Q(usage_point__code__startswith=begins)
    places |= Q(usage_point__code__startswith=begins.upper())
    hanging = MeterInstallation.objects.filter(places, ends_at=None)
    serial = Q(serial__startswith=begins) | Q(serial__startswith=begins.upper())
    return rows.filter(serial | Q(pk__in=hanging.values("meter")))

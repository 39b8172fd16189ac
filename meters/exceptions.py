"""A meter's exceptions as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Case, QuerySet, Value, When
from django.utils.functional import Promise

from core.periods import local_date
from meters import access, deciding, units
from meters.models import Meter, MeterInstallation, ReadingException

TAGS = {"open": "warn", "accepted": "good", "rejected": "off", "released": "draft"}


@dataclass(frozen=True)
class Row:
    """One exception: what was found, which value it holds, and whether it waits."""

    exception: ReadingException
    words: str | Promise
    value: str  # with its unit, or empty
    tag: str
    is_open: bool

    def day(self, zone: ZoneInfo) -> date:
        return local_date(self.exception.starts_at, zone)


def of_meter(meter: Meter) -> QuerySet[ReadingException]:
    """Return all exceptions of a meter: the open ones first, then the newest."""
    is_open = When(resolution=ReadingException.Resolution.OPEN, then=Value(0))
    found = access.exceptions_of(meter).annotate(place=Case(is_open, default=Value(1)))
    return found.select_related("channel", "resolved_by").order_by("place", "-starts_at", "-pk")


def rows(found: Iterable[ReadingException]) -> list[Row]:
    return [_row(exception) for exception in found]


def zone_of(meter: Meter) -> ZoneInfo | None:
    """Return the zone of the place where a meter hangs or hung last."""
    latest = MeterInstallation.objects.filter(meter=meter).order_by("-starts_at")
    hung = latest.select_related("usage_point__location").first()
    return hung.usage_point.location.zone if hung else None


def _row(exception: ReadingException) -> Row:
    channel, value = exception.channel, exception.value_base
    return Row(
        exception,
        deciding.in_words(exception.rule),
        units.told(value, channel.unit) if channel and value is not None else "",
        TAGS[exception.resolution],
        exception.resolution == ReadingException.Resolution.OPEN,
    )

"""How whole the readings of yesterday are, for the meters of one page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.periods import Period, local_date, local_day
from core.tables import Tag
from meters.models import Channel, MeterInstallation
from meters.queries import MeteredChannel
from reports import daily


@dataclass(frozen=True)
class Yesterday:
    """The intervals of a meter's registers on one local day."""

    expected: int
    held: int
    guessed: int

    @property
    def tag(self) -> Tag:
        if missing := self.expected - self.held:
            words = ngettext("%(count)d missing", "%(count)d missing", missing)
            return Tag(words % {"count": missing}, "warn")
        if self.guessed:
            words = ngettext("%(count)d estimated", "%(count)d estimated", self.guessed)
            return Tag(words % {"count": self.guessed}, "wait")
        return Tag(_("Complete"), "good")


def yesterday(hung: Iterable[MeterInstallation], now: datetime) -> dict[int, Yesterday]:
    """Return yesterday of each hanging meter that reads intervals, by meter.

    One query for the channels, and one for each zone and length of interval.

    :param hung: with their places
    """
    where = {each.meter_id: each for each in hung}
    by_zone: dict[str, list[tuple[int, MeteredChannel]]] = defaultdict(list)
    for channel in Channel.objects.filter(meter__in=where, is_register_only=False):
        zone = where[channel.meter_id].usage_point.location.zone_name
        if period := _part(where[channel.meter_id], now, ZoneInfo(zone)):
            by_zone[zone].append((channel.meter_id, metered(channel, period)))
    found: dict[int, Yesterday] = {}
    for channels in by_zone.values():
        slots = daily.read_slots(read for _meter, read in channels)
        for meter_id, read in channels:
            day = _counted(slots[read.channel_id], read.period)
            before = found.get(meter_id, Yesterday(0, 0, 0))
            found[meter_id] = Yesterday(
                before.expected + day.expected,
                before.held + day.held,
                before.guessed + day.guessed,
            )
    return found


def metered(channel: Channel, period: Period) -> MeteredChannel:
    """Return a channel in a period as the series are read by."""
    return MeteredChannel(
        channel.pk,
        channel.quantity,
        channel.unit,
        channel.interval_s,
        period,
        channel.is_register_only,
        "",
        channel.modulus,
    )


def _part(hung: MeterInstallation, now: datetime, zone: ZoneInfo) -> Period | None:
    day = local_day(local_date(now, zone) - timedelta(days=1), zone)
    return day.overlap(Period(hung.starts_at, max(now, hung.starts_at + timedelta(seconds=1))))


def _counted(slots: daily.Slots, period: Period) -> Yesterday:
    part = slice(slots.place(period.starts_at), slots.place(period.ends_at))
    held = daily.held_slots(slots)[part]
    guessed = held & np.isin(slots.codes[part], daily.GUESSED)
    return Yesterday(len(held), int(held.sum()), int(guessed.sum()))

"""Fill gaps before a bill: by the first way of `metering` that applies, marked estimated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from core.periods import Period, local_date
from meters import readings
from meters.models import Channel, RegisterRead
from meters.operations.accept import places_of
from meters.readings import MISSING, Quality, Slots
from meters.readings.packing import Codes, Values
from meters.vee import estimate

LOOK_BACK = timedelta(days=estimate.LOOK_BACK_DAYS + 1)


@transaction.atomic
def estimate_missing(channel_ids: Sequence[int], period: Period, *, now: datetime) -> int:
    """Estimate the empty slots of interval channels in a period and return how many were filled.

    Gaps up to two hours between actual values are a straight line; longer ones take the mean of
    the same hours on like days. Where register reads lie on both ends of a gap, the estimates are
    scaled to what the registers say has passed. A gap without any ground stays empty.
    """
    channels = Channel.objects.filter(pk__in=channel_ids, is_register_only=False).order_by("id")
    arriving = [slots for channel in channels for slots in _gaps_filled(channel, period)]
    readings.store_slots(arriving, source="estimate", recorded_at=now, reason="gap estimated")
    return sum(len(slots.values) for slots in arriving)


def _gaps_filled(channel: Channel, period: Period) -> list[Slots]:
    wide = Period(period.starts_at - LOOK_BACK, period.ends_at + estimate.SHORT)
    matrix, codes, _ = readings.fetch_matrix([channel.pk], wide, channel.interval_s)
    series = _Series(channel, wide.starts_at, matrix[0], codes[0])
    reads = _reads(channel, wide)
    zone = _zone(channel)
    filled = []
    for start, stop in series.gaps(period):
        values = series.line(start, stop)
        if values is None:
            values = series.like_days(start, stop, zone)
        total = series.total_by_registers(start, stop, reads)
        if total is not None:
            shape = values if values is not None else np.ones(stop - start, dtype=np.int64)
            values = estimate.scaled(shape, total)
        if values is not None:
            filled.append(
                Slots(
                    channel.pk,
                    series.moment(start),
                    channel.interval_s,
                    values,
                    Quality.ESTIMATED,
                )
            )
    return filled


def _zone(channel: Channel) -> ZoneInfo:
    places = places_of({channel.meter_id}).get(channel.meter_id, {})
    place = places.get(channel.quantity)
    return place.zone if place else ZoneInfo("UTC")


def _reads(channel: Channel, period: Period) -> list[tuple[datetime, int]]:
    rows = RegisterRead.objects.filter(
        channel=channel,
        read_at__range=(period.starts_at, period.ends_at),
        quality=RegisterRead.Quality.ACTUAL,
    ).order_by("read_at")
    return list(rows.values_list("read_at", "value_base"))


class _Series:
    """The slots of one channel around a period, by place."""

    def __init__(self, channel: Channel, starts_at: datetime, values: Values, codes: Codes) -> None:
        self.channel = channel
        self.starts_at = starts_at
        self.step = timedelta(seconds=channel.interval_s)
        self.values = values
        self.codes = codes

    def moment(self, place: int) -> datetime:
        return self.starts_at + place * self.step

    def place(self, moment: datetime) -> int:
        return (moment - self.starts_at) // self.step

    def gaps(self, period: Period) -> list[tuple[int, int]]:
        """Return the runs of empty slots in a period, as first place and the one after the last."""
        first, last = self.place(period.starts_at), self.place(period.ends_at)
        empty = np.concatenate([[False], self.values[first:last] == MISSING, [False]])
        edges = np.flatnonzero(np.diff(empty.astype(np.int8)))
        return [(first + a, first + b) for a, b in edges.reshape(-1, 2).tolist()]

    def line(self, start: int, stop: int) -> Values | None:
        is_short = (stop - start) * self.step <= estimate.SHORT
        if not is_short or not self.is_actual(start - 1) or not self.is_actual(stop):
            return None
        return estimate.straight_line(
            int(self.values[start - 1]), int(self.values[stop]), stop - start
        )

    def like_days(self, start: int, stop: int, zone: ZoneInfo) -> Values | None:
        found = [self._like(place, zone) for place in range(start, stop)]
        if any(value is None for value in found):
            return None
        return np.array(found, dtype=np.int64)

    def total_by_registers(
        self, start: int, stop: int, reads: Sequence[tuple[datetime, int]]
    ) -> int | None:
        """Return what passed in a gap by the nearest registers, where all else between is known."""
        before = [read for read in reads if read[0] <= self.moment(start)]
        after = [read for read in reads if read[0] >= self.moment(stop)]
        if not before or not after:
            return None
        first, last = self.place(before[-1][0]), self.place(after[0][0])
        known = np.concatenate([self.values[first:start], self.values[stop:last]])
        passed = (after[0][1] - before[-1][1]) % self.channel.modulus - int(known.sum())
        return passed if not (known == MISSING).any() and passed >= 0 else None

    def is_actual(self, place: int) -> bool:
        return 0 <= place < len(self.codes) and bool(self.codes[place] == Quality.ACTUAL)

    def _like(self, place: int, zone: ZoneInfo) -> int | None:
        """Return the mean of the same time on up to three like days, actual values only."""
        local = self.moment(place).astimezone(zone)
        values = []
        for day in estimate.like_days(local_date(self.moment(place), zone)):
            then = local.replace(year=day.year, month=day.month, day=day.day)
            earlier = self.place(then.astimezone(self.starts_at.tzinfo))
            if self.is_actual(earlier):
                values.append(int(self.values[earlier]))
            if len(values) == estimate.LIKE_DAYS:
                break
        return estimate.mean(values) if values else None

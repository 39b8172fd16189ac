"""What was measured for whom: the agreements of a period, their channels and their registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from core.periods import Period
from meters.models import (
    Channel,
    CustomerAgreement,
    MeterInstallation,
    ReadingBlock,
    RegisterRead,
    UsagePoint,
)
from meters.readings.packing import MISSING, unpack


class MeteredChannel(NamedTuple):
    """A channel that measured an agreement, and the part of the period in which it did."""

    channel_id: int
    quantity: str
    unit: str
    interval_s: int
    period: Period
    is_register_only: bool
    meter_serial: str
    modulus: int  # where the register starts again, in base units


@dataclass(frozen=True, slots=True)
class Metered:
    """One agreement inside a period, with every channel that measured it."""

    account_id: int
    agreement_id: int
    usage_point_id: int
    usage_point_code: str
    location_id: int
    commodity: str
    zone_name: str
    period: Period
    channels: tuple[MeteredChannel, ...]
    is_virtual: bool

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def unmeasured(self, quantity: str = Channel.Quantity.IMPORT) -> list[Period]:
        """Return the parts of the period in which no channel measured this quantity."""
        parts = [channel.period for channel in self.channels if channel.quantity == quantity]
        edges = [moment for part in parts for moment in (part.starts_at, part.ends_at)]
        return [
            piece
            for piece in self.period.cut(edges)
            if not any(piece.starts_at in part for part in parts)
        ]


class Register(NamedTuple):
    """What a register showed; the value is in base units, the quality one letter."""

    read_at: datetime
    value: int
    quality: str


class Place(NamedTuple):
    """Where an account is served, and with what."""

    address: str
    commodity: str
    is_disconnected: bool


class RegisterRow(NamedTuple):
    """The opening and closing reads of one channel, None where no read bounds the part."""

    channel: MeteredChannel
    opening: Register | None
    closing: Register | None

    @property
    def difference(self) -> int | None:
        """What went through between both reads, in base units; a passed maximum is allowed for."""
        if self.opening is None or self.closing is None:
            return None
        return (self.closing.value - self.opening.value) % self.channel.modulus


def metered_agreements(account_ids: Sequence[int], period: Period) -> list[Metered]:
    """Return every agreement of the accounts that touches the period; two queries.

    A meter that was exchanged gives two channels of one quantity, each with its own part.
    """
    rows = CustomerAgreement.objects.filter(_touches(period), account_id__one_of=account_ids)
    ordered = rows.order_by("account_id", "usage_point__commodity", "starts_at", "id")
    agreements = [_Agreement._make(row) for row in ordered.values_list(*_AGREEMENT)]
    hung = _channels_by_usage_point({a.usage_point_id for a in agreements}, period)
    return [_metered(agreement, period, hung[agreement.usage_point_id]) for agreement in agreements]


def register_rows(metered: Iterable[Metered]) -> dict[int, list[RegisterRow]]:
    """Return the rows of the reading table of each agreement, by its id; one query."""
    agreements = list(metered)
    channels = [channel for agreement in agreements for channel in agreement.channels]
    reads = _reads_at_the_ends(channels)
    return {
        agreement.agreement_id: [
            RegisterRow(
                channel,
                reads.get((channel.channel_id, channel.period.starts_at)),
                reads.get((channel.channel_id, channel.period.ends_at)),
            )
            for channel in agreement.channels
        ]
        for agreement in agreements
    }


def reading_table(agreement: CustomerAgreement, period: Period) -> list[RegisterRow]:
    """Return opening and closing register of each meter in the agreement's part of a period."""
    metered = [
        one
        for one in metered_agreements([agreement.account_id], period)
        if one.agreement_id == agreement.pk
    ]
    return register_rows(metered).get(agreement.pk, [])


def places_of(account_ids: Sequence[int], now: datetime) -> dict[int, list[Place]]:
    """Return where each account is served now, its earliest agreement first; one query."""
    rows = CustomerAgreement.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        starts_at__lte=now,
        account_id__one_of=account_ids,
    )
    found: dict[int, list[Place]] = {pk: [] for pk in account_ids}
    related = rows.select_related("usage_point__location").order_by("starts_at", "pk")
    for agreement in related:
        point = agreement.usage_point
        is_off = point.connection_state == UsagePoint.ConnectionState.DISCONNECTED
        found[agreement.account_id].append(Place(str(point.location), point.commodity, is_off))
    return found


def expected_slots(period: Period, interval_s: int) -> int:
    """Return how many intervals a period has: 92 or 100 quarter hours on days of a clock change."""
    return period.seconds // interval_s


def _touches(period: Period) -> Q:
    open_or_later = Q(ends_at__isnull=True) | Q(ends_at__gt=period.starts_at)
    return Q(starts_at__lt=period.ends_at) & open_or_later


class _Agreement(NamedTuple):
    account_id: int
    pk: int
    starts_at: datetime
    ends_at: datetime | None
    usage_point_id: int
    usage_point_code: str
    location_id: int
    commodity: str
    is_virtual: bool
    zone_name: str


_AGREEMENT = (
    "account_id pk starts_at ends_at usage_point_id usage_point__code usage_point__location_id "
    "usage_point__commodity usage_point__is_virtual usage_point__location__zone_name"
).split()
_HUNG = (
    "usage_point_id starts_at ends_at meter__serial meter__channels__id "
    "meter__channels__quantity meter__channels__unit meter__channels__interval_s "
    "meter__channels__is_register_only meter__channels__digits meter__channels__multiplier"
).split()


def _inside(starts_at: datetime, ends_at: datetime | None, period: Period) -> Period:
    if starts_at <= period.starts_at and (ends_at is None or ends_at >= period.ends_at):
        return period
    return Period(max(starts_at, period.starts_at), min(ends_at or period.ends_at, period.ends_at))


def _channels_by_usage_point(
    usage_point_ids: Iterable[int], period: Period
) -> dict[int, list[MeteredChannel]]:
    rows = (
        MeterInstallation.objects.filter(
            _touches(period),
            usage_point_id__one_of=usage_point_ids,
            meter__channels__isnull=False,
        )
        .order_by("starts_at", "id", "meter__channels__id")
        .values_list(*_HUNG)
    )
    hung: dict[int, list[MeteredChannel]] = defaultdict(list)
    for usage_point, starts_at, ends_at, serial, pk, quantity, unit, interval, only, *size in rows:
        part = _inside(starts_at, ends_at, period)
        modulus = _modulus(*size)
        hung[usage_point].append(
            MeteredChannel(pk, quantity, unit, interval, part, only, serial, modulus)
        )
    return hung


@lru_cache
def _modulus(digits: int, multiplier: int) -> int:
    return Channel(digits=digits, multiplier=multiplier).modulus


def _metered(agreement: _Agreement, period: Period, hung: Sequence[MeteredChannel]) -> Metered:
    part = _inside(agreement.starts_at, agreement.ends_at, period)
    return Metered(
        account_id=agreement.account_id,
        agreement_id=agreement.pk,
        usage_point_id=agreement.usage_point_id,
        usage_point_code=agreement.usage_point_code,
        location_id=agreement.location_id,
        commodity=agreement.commodity,
        zone_name=agreement.zone_name,
        period=part,
        channels=_within(part, hung),
        is_virtual=agreement.is_virtual,
    )


def _within(part: Period, hung: Sequence[MeteredChannel]) -> tuple[MeteredChannel, ...]:
    if all(channel.period is part for channel in hung):  # nothing began or ended in the period
        return tuple(hung)
    shared = ((channel, channel.period.overlap(part)) for channel in hung)
    return tuple(channel._replace(period=both) for channel, both in shared if both)


def _reads_at_the_ends(
    channels: Sequence[MeteredChannel],
) -> dict[tuple[int, datetime], Register]:
    ends = {
        moment
        for channel in channels
        for moment in (channel.period.starts_at, channel.period.ends_at)
    }
    rows = RegisterRead.objects.filter(
        channel_id__in={channel.channel_id for channel in channels}, read_at__in=ends
    ).values_list("channel_id", "read_at", "value_base", "quality")
    return {
        (channel_id, read_at): Register(read_at, value, quality)
        for channel_id, read_at, value, quality in rows
    }


def overlapping_agreement(
    usage_point: UsagePoint,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    besides: int | None = None,
) -> CustomerAgreement | None:
    """Return another agreement of the usage point that shares a moment with a range."""
    rows = CustomerAgreement.objects.filter(usage_point=usage_point)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at))
    if ends_at:
        rows = rows.filter(starts_at__lt=ends_at)
    return rows.select_related("account").order_by("starts_at").first()


class DayOfReadings(NamedTuple):
    """One stored UTC day of a channel, summed up; the sum is in base units."""

    day: date
    rev: int
    source: str
    held: int  # slots with a value
    total: int


def recent_days(channel: Channel, *, days: int = 14) -> list[DayOfReadings]:
    """Return the latest stored days of a channel, newest first; one query."""
    blocks = ReadingBlock.objects.filter(channel=channel).order_by("-day")[:days]
    return [_day_of_readings(block, channel.slots_per_day) for block in blocks]


def _day_of_readings(block: ReadingBlock, slots: int) -> DayOfReadings:
    (values,) = unpack([block.enc], [bytes(block.data)], slots)
    held = values[values != MISSING]
    return DayOfReadings(block.day, block.rev, block.source, len(held), int(held.sum()))

"""From raw messages to readings: decode, validate, then slots, registers and exceptions at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction

from core.periods import local_date, midnight
from meters import readings
from meters.models import (
    Channel,
    LastCounter,
    MeterInstallation,
    RawMessage,
    ReadingException,
    RegisterRead,
)
from meters.operations import decode
from meters.readings import Quality, Slots
from meters.vee.counters import Counter, Passed
from meters.vee.rules import Bounds, Finding, Rule, most_per_hour

logger = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel hangs, as far as validation asks."""

    channel: Channel
    bounds: Bounds
    zone: ZoneInfo


@dataclass(slots=True)
class _Outcome:
    """All that a batch of messages writes."""

    slots: list[Slots] = field(default_factory=list)
    reads: list[RegisterRead] = field(default_factory=list)
    exceptions: list[ReadingException] = field(default_factory=list)
    last: dict[int, Counter] = field(default_factory=dict)
    accepted: list[RawMessage] = field(default_factory=list)
    quarantined: list[RawMessage] = field(default_factory=list)


def accept_messages(message_ids: Sequence[int], *, now: datetime) -> int:
    """Turn received messages into readings, in batches of their own; return how many were open.

    A message that was settled before is passed over, so a repeat changes nothing. One that cannot
    be stored is quarantined, and the others of its batch go on.
    """
    return sum(
        _accept_some(message_ids[start : start + BATCH], now)
        for start in range(0, len(message_ids), BATCH)
    )


def _accept_some(message_ids: Sequence[int], now: datetime) -> int:
    try:
        return _accept_batch(message_ids, now)
    except OperationalError:
        raise  # the database is away or busy: the messages wait
    except Exception as error:
        if len(message_ids) == 1:
            logger.exception("message.quarantined", extra={"message_id": message_ids[0]})
            RawMessage.objects.filter(pk=message_ids[0]).update(
                state=RawMessage.State.QUARANTINED, error=repr(error)[:200]
            )
            return 1
    return sum(_accept_some([message_id], now) for message_id in message_ids)


@transaction.atomic
def _accept_batch(message_ids: Sequence[int], now: datetime) -> int:
    messages = list(
        RawMessage.objects.select_for_update(of=("self",))
        .filter(pk__in=message_ids, state=RawMessage.State.RECEIVED)
        .select_related("meter__register_map")
        .order_by("meter_id", "received_at", "id")
    )
    if not messages:
        return 0
    places = places_of({message.meter_id for message in messages if message.meter_id})
    before = lock_last_counters(
        [place.channel.pk for hung in places.values() for place in hung.values()]
    )
    outcome = _Outcome(last=dict(before))
    for message in messages:
        _accept(message, places.get(message.meter_id or 0, {}), outcome, now)
    _write(outcome, before, now)
    return len(messages)


def places_of(meter_ids: set[int]) -> dict[int, dict[str, Place]]:
    """Return the channels of each meter by quantity, with what its usage point allows."""
    hung = {
        installation.meter_id: installation
        for installation in MeterInstallation.objects.filter(meter_id__in=meter_ids)
        .select_related("usage_point__location")
        .order_by("starts_at")
    }
    places: dict[int, dict[str, Place]] = {}
    for channel in Channel.objects.filter(meter_id__in=meter_ids).order_by("id"):
        if installation := hung.get(channel.meter_id):
            point = installation.usage_point
            most = most_per_hour(
                channel.unit, amps=point.fuse_amps, volts=point.volts, phases=point.phases
            )
            places.setdefault(channel.meter_id, {})[channel.quantity] = Place(
                channel, Bounds(channel.modulus, most), point.location.zone
            )
    return places


def lock_last_counters(channel_ids: Sequence[int]) -> dict[int, Counter]:
    """Return the last counter of each channel, locked in order until commit."""
    rows = (
        LastCounter.objects.select_for_update()
        .filter(channel_id__in=channel_ids)
        .order_by("channel_id")
    )
    return {row.channel_id: Counter(row.read_at, row.value) for row in rows}


def save_last_counters(counters: dict[int, Counter]) -> None:
    LastCounter.objects.bulk_create(
        [
            LastCounter(channel_id=channel_id, read_at=counter.read_at, value=counter.value)
            for channel_id, counter in sorted(counters.items())
        ],
        update_conflicts=True,
        update_fields=["read_at", "value"],
        unique_fields=["channel"],
    )


def _accept(
    message: RawMessage, places: dict[str, Place], outcome: _Outcome, now: datetime
) -> None:
    try:
        decoded = decode.decoded(message, {q: place.channel for q, place in places.items()})
    except decode.Undecodable as error:
        message.state, message.error = RawMessage.State.QUARANTINED, str(error)[:200]
        outcome.quarantined.append(message)
        outcome.exceptions.append(_quarantine(message, error, now))
        return
    for quantity, arrived in decoded.items():
        place = places[quantity]
        before = outcome.last.get(place.channel.pk)
        passed = arrived.passed(before, place.bounds, now)
        _take(passed, place, before, message, outcome, now)
    message.state = RawMessage.State.ACCEPTED
    outcome.accepted.append(message)


def _take(
    passed: Passed,
    place: Place,
    before: Counter | None,
    message: RawMessage,
    outcome: _Outcome,
    now: datetime,
) -> None:
    channel = place.channel
    outcome.exceptions += [
        exception_of(finding, channel, raw=message, now=now) for finding in passed.findings
    ]
    if passed.last is None:
        return
    outcome.last[channel.pk] = passed.last
    outcome.reads += register_reads(passed, place, before, message)
    if len(passed.values) and passed.starts_at and not channel.is_register_only:
        outcome.slots.append(slots_of(passed, channel))


def slots_of(passed: Passed, channel: Channel) -> Slots:
    quality = Quality.ESTIMATED if passed.is_estimated else Quality.ACTUAL
    if passed.starts_at is None:
        raise ValueError("nothing passed")
    return Slots(channel.pk, passed.starts_at, channel.interval_s, passed.values, quality)


def register_reads(
    passed: Passed, place: Place, before: Counter | None, message: RawMessage | None
) -> list[RegisterRead]:
    """Return a register read for each local midnight that passed; estimated where none was read."""
    if passed.last is None:
        return []
    last = passed.last
    moments = _midnights(before.read_at if before else None, last.read_at, place.zone)
    reads = []
    for moment in moments:
        value = _register_at(moment, passed, place)
        if value is not None:
            is_read = moment == last.read_at or not passed.is_estimated
            reads.append(
                RegisterRead(
                    channel=place.channel,
                    read_at=moment,
                    value_base=value,
                    quality=_read_quality(is_read=is_read),
                    reason=_reason(moment, place.zone),
                    raw=message,
                )
            )
    return reads


def _read_quality(*, is_read: bool) -> str:
    return RegisterRead.Quality.ACTUAL if is_read else RegisterRead.Quality.ESTIMATED


def _register_at(moment: datetime, passed: Passed, place: Place) -> int | None:
    """Return what the register showed: the last counter less what passed after the moment."""
    if passed.last is None:
        return None
    after = (passed.last.read_at - moment).total_seconds() / place.channel.interval_s
    if after != int(after):
        return None  # this midnight lies within a slot
    later = passed.values[len(passed.values) - int(after) :] if after else passed.values[:0]
    if (later == readings.MISSING).any():
        return None  # a held value lies between
    return (passed.last.value - int(later.sum())) % place.bounds.modulus


def _midnights(after: datetime | None, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the local midnights up to a moment; with no moment before it, only itself."""
    day = local_date(until, zone)
    found = []
    while (moment := midnight(day, zone)) > (after or until - timedelta(seconds=1)):
        if moment <= until:
            found.append(moment)
        day -= timedelta(days=1)
    return found[::-1]


def _reason(moment: datetime, zone: ZoneInfo) -> str:
    is_first_of_month = local_date(moment, zone).day == 1
    return RegisterRead.Reason.PERIOD_END if is_first_of_month else RegisterRead.Reason.MIDNIGHT


def exception_of(
    finding: Finding, channel: Channel, *, raw: RawMessage | None, now: datetime
) -> ReadingException:
    kind = ReadingException.Severity
    moment = finding.ends_at if finding.rule is not Rule.CONFLICT else finding.starts_at
    return ReadingException(
        key=f"{finding.rule}:{channel.pk}:{moment.isoformat()}:{finding.value}",
        rule=finding.rule,
        severity=kind.HELD if finding.is_held else kind.FLAG,
        meter_id=channel.meter_id,
        channel=channel,
        raw=raw,
        starts_at=finding.starts_at,
        ends_at=finding.ends_at,
        value_base=finding.value,
        message=finding.message,
        recorded_at=now,
    )


def _quarantine(message: RawMessage, error: decode.Undecodable, now: datetime) -> ReadingException:
    return ReadingException(
        key=f"{error.rule}:{message.source}:{message.external_key}"[:120],
        rule=error.rule,
        severity=ReadingException.Severity.HELD,
        meter_id=message.meter_id,
        raw=message,
        starts_at=message.received_at,
        ends_at=message.received_at + timedelta(seconds=1),
        message=str(error)[:240],
        recorded_at=now,
    )


def _write(outcome: _Outcome, before: dict[int, Counter], now: datetime) -> None:
    source = (outcome.accepted or outcome.quarantined)[0].source
    stored = readings.store_slots(outcome.slots, source=source, recorded_at=now)
    for conflict in stored.conflicts:
        outcome.exceptions.append(_conflict(conflict, now))
    RegisterRead.objects.bulk_create(outcome.reads, ignore_conflicts=True)
    ReadingException.objects.bulk_create(outcome.exceptions, ignore_conflicts=True)
    moved = {pk: last for pk, last in outcome.last.items() if before.get(pk) != last}
    if moved:
        save_last_counters(moved)
    RawMessage.objects.filter(pk__in=[message.pk for message in outcome.accepted]).update(
        state=RawMessage.State.ACCEPTED
    )
    RawMessage.objects.bulk_update(outcome.quarantined, ["state", "error"])


def _conflict(conflict: readings.Conflict, now: datetime) -> ReadingException:
    return ReadingException(
        key=f"{Rule.CONFLICT}:{conflict.channel_id}:{conflict.starts_at.isoformat()}:{conflict.arrived}",
        rule=Rule.CONFLICT,
        severity=ReadingException.Severity.HELD,
        channel_id=conflict.channel_id,
        starts_at=conflict.starts_at,
        ends_at=conflict.starts_at + timedelta(seconds=1),
        value_base=conflict.arrived,
        message=f"{conflict.arrived} arrived where {conflict.held} is held.",
        recorded_at=now,
    )

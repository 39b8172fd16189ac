"""Poll the meters that are due: claim, ask outside any transaction, keep, accept, settle."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from core.jobs import claim, worker_name
from core.periods import Period
from meters.models import LastCounter, Meter, MeterConnection, RawMessage, ReadingException
from meters.operations.accept import Place, accept_messages, places_of
from meters.simulated import load_of, register_of
from meters.sources import modbus, simulator
from meters.sources.modbus import Answer, BadMap, Failure, Limits, Map, Target
from meters.vee.counters import Counter, floor
from meters.vee.rules import Rule

logger = logging.getLogger(__name__)

GRACE = timedelta(seconds=60)  # how long after a bound a counter still belongs to it
LEASE = timedelta(minutes=3)
LONGEST_BACK_OFF = timedelta(minutes=60)
LONGEST_MESSAGE = timedelta(days=40)
AT_ONCE = 2000

RULES = {Failure.WRONG_SERIAL: Rule.SERIAL, Failure.MALFORMED: Rule.MALFORMED}


@dataclass(slots=True)
class Polled:
    """How many meters were asked, and what came of it."""

    asked: int = 0
    read: int = 0
    silent: int = 0
    quarantined: int = 0


def poll_due(
    now: datetime, *, shard: int = 0, shards: int = 1, limits: Limits | None = None
) -> Polled:
    """Poll every due meter of a shard once and write what it said.

    Within one interval a meter is polled once, however often this is called. A counter counts for
    the bound that passed less than a minute ago; a poll that comes later waits for the next bound.
    """
    left = RawMessage.objects.filter(state=RawMessage.State.RECEIVED).order_by("id")
    accept_messages(list(left.values_list("id", flat=True)), now=now)
    owner = worker_name()
    mine = MeterConnection.objects.all()
    if shards > 1:
        mine = mine.alias(shard=F("id") % shards).filter(shard=shard)
    _reschedule(mine, now)
    claimed = claim(_due(mine, now), owner=owner, limit=AT_ONCE, lease=LEASE)
    if not claimed:
        return Polled()
    living_first = sorted(_loaded(claimed), key=lambda one: one.attempts)
    return _poll(living_first, owner, now, limits or Limits())


def _poll(connections: list[MeterConnection], owner: str, now: datetime, limits: Limits) -> Polled:
    real = [one for one in connections if one.source == MeterConnection.Source.MODBUS]
    answers = _ask(real, limits)
    kept = [_kept(one, answers[one.meter_id], now) for one in real]
    kept += _simulate([one for one in connections if one not in real], now)
    accept_messages(_keep([message for message in kept if message]), now=now)
    _report(real, answers, now)
    return _settle(connections, answers, owner, now)


def interval_of(meter: Meter) -> int:
    """Return the shortest interval of a meter's channels, in seconds."""
    return min((channel.interval_s for channel in meter.channels.all()), default=900)


def _due(mine: QuerySet[MeterConnection], now: datetime) -> QuerySet[MeterConnection]:
    in_time = Q(due_at__gt=now - GRACE) | Q(source=MeterConnection.Source.SIMULATOR)
    return _polled(mine).filter(in_time, due_at__lte=now).order_by("due_at", "id")


def _polled(mine: QuerySet[MeterConnection]) -> QuerySet[MeterConnection]:
    return mine.filter(meter__state=Meter.State.INSTALLED).exclude(state=MeterConnection.State.OFF)


def _reschedule(mine: QuerySet[MeterConnection], now: datetime) -> None:
    """Give a bound to connections that are new or were missed."""
    is_late = Q(due_at__lte=now - GRACE, source=MeterConnection.Source.MODBUS)
    late = _loaded(_polled(mine).filter(Q(due_at__isnull=True) | is_late))
    by_bound: dict[datetime, list[int]] = defaultdict(list)
    for one in late:
        bound = floor(now, interval_of(one.meter))
        is_in_time = now - bound < GRACE or one.source == MeterConnection.Source.SIMULATOR
        by_bound[bound if is_in_time else _next_bound(one, now)].append(one.pk)
    for bound, ids in by_bound.items():
        MeterConnection.objects.filter(pk__in=ids).update(due_at=bound)


def _loaded(rows: QuerySet[MeterConnection] | list[MeterConnection]) -> list[MeterConnection]:
    ids = [row.pk for row in rows]
    return list(
        MeterConnection.objects.filter(pk__in=ids)
        .select_related("meter__register_map")
        .prefetch_related("meter__channels")
        .order_by("pk")
    )


def _next_bound(connection: MeterConnection, moment: datetime) -> datetime:
    interval_s = interval_of(connection.meter)
    return floor(moment, interval_s) + timedelta(seconds=interval_s)


def _ask(connections: Sequence[MeterConnection], limits: Limits) -> dict[int, Answer]:
    """Read the meters over the network; a map that cannot be used is an answer too."""
    answers: dict[int, Answer] = {}
    targets = []
    for one in connections:
        try:
            targets.append(_target(one))
        except BadMap as error:
            answers[one.meter_id] = Answer(
                one.meter_id, failure=Failure.MALFORMED, detail=str(error)
            )
    if targets:
        answers |= {answer.key: answer for answer in asyncio.run(modbus.poll(targets, limits))}
    return answers


def _target(connection: MeterConnection) -> Target:
    meter = connection.meter
    if meter.register_map is None:
        raise BadMap(f"meter {meter} has no register map")
    return Target(
        key=meter.pk,
        host=connection.host,
        port=connection.port,
        unit_id=connection.unit_id,
        register_map=Map.parse(meter.register_map.registers),
        names=tuple(channel.quantity for channel in meter.channels.all()),
        serial=meter.serial,
    )


def _kept(connection: MeterConnection, answer: Answer, now: datetime) -> RawMessage | None:
    if answer.failure in (Failure.SILENT, Failure.REFUSED):
        return None
    bound = floor(now, interval_of(connection.meter))
    message = _message(connection, bound, answer.payload(), now)
    if answer.failure:
        message.state, message.error = RawMessage.State.QUARANTINED, answer.detail[:200]
    return message


def _message(
    connection: MeterConnection, bound: datetime, payload: bytes, now: datetime
) -> RawMessage:
    return RawMessage(
        source=connection.source,
        external_key=f"{connection.meter_id}:{bound.isoformat()}",
        sha256=hashlib.sha256(payload).digest(),
        meter_id=connection.meter_id,
        payload=payload,
        received_at=now,
    )


def _keep(messages: list[RawMessage]) -> list[int]:
    """Store messages as received, each once, and return those that wait to be accepted."""
    RawMessage.objects.bulk_create(messages, ignore_conflicts=True)
    waiting = RawMessage.objects.filter(
        external_key__in=[message.external_key for message in messages],
        state=RawMessage.State.RECEIVED,
    )
    return list(waiting.order_by("id").values_list("id", flat=True))


def _simulate(connections: Sequence[MeterConnection], now: datetime) -> list[RawMessage]:
    """Return the elapsed slots of simulated meters as messages."""
    places = places_of({one.meter_id for one in connections})
    last = {
        row.channel_id: Counter(row.read_at, row.value)
        for row in LastCounter.objects.filter(
            channel__meter_id__in=[one.meter_id for one in connections]
        )
    }
    messages = []
    for one in connections:
        bound = floor(now, interval_of(one.meter))
        series = {
            quantity: told
            for quantity, place in places.get(one.meter_id, {}).items()
            if quantity == "import" and (told := _series(one, place, last, bound))
        }
        if series:
            payload = json.dumps({"series": series}, separators=(",", ":")).encode()
            messages.append(_message(one, bound, payload, now))
    return messages


def _series(
    connection: MeterConnection, place: Place, last: dict[int, Counter], bound: datetime
) -> dict[str, Any] | None:
    channel, step = place.channel, timedelta(seconds=place.channel.interval_s)
    load = load_of(
        connection.meter,
        channel,
        zone_name=place.zone.key,
        parameters=connection.parameters,
    )
    before = last.get(channel.pk)
    starts_at = floor(before.read_at, channel.interval_s) if before else bound - step
    register = register_of(load, starts_at=starts_at, parameters=connection.parameters)
    starts_at = max(starts_at, register.since)
    ends_at = min(floor(bound, channel.interval_s), starts_at + LONGEST_MESSAGE)
    if ends_at <= starts_at:
        return None
    return {
        "starts_at": starts_at.isoformat(),
        "register": register.at(starts_at),
        "values": simulator.values(load, Period(starts_at, ends_at)).tolist(),
    }


def _report(
    connections: Sequence[MeterConnection], answers: dict[int, Answer], now: datetime
) -> None:
    """Write an exception for each meter that answered wrongly."""
    wrong = [one for one in connections if answers[one.meter_id].failure in RULES]
    ReadingException.objects.bulk_create(
        [_wrong(one, answers[one.meter_id], now) for one in wrong], ignore_conflicts=True
    )


def _wrong(connection: MeterConnection, answer: Answer, now: datetime) -> ReadingException:
    interval_s = interval_of(connection.meter)
    bound = floor(now, interval_s)
    rule = RULES[answer.failure or Failure.MALFORMED]
    return ReadingException(
        key=f"{rule}:meter:{connection.meter_id}:{bound.isoformat()}",
        rule=rule,
        severity=ReadingException.Severity.HELD,
        meter_id=connection.meter_id,
        starts_at=bound - timedelta(seconds=interval_s),
        ends_at=bound,
        message=answer.detail[:240],
        recorded_at=now,
    )


def _settle(
    connections: Sequence[MeterConnection],
    answers: dict[int, Answer],
    owner: str,
    now: datetime,
) -> Polled:
    polled = Polled(asked=len(connections))
    read: dict[datetime, list[int]] = defaultdict(list)
    for one in connections:
        answer = answers.get(one.meter_id)
        if answer is None or answer.failure is None:
            read[_next_bound(one, now)].append(one.pk)
            continue
        _back_off(one, answer, owner, now)
        polled.quarantined += answer.failure in RULES
        polled.silent += answer.failure not in RULES
    for due_at, ids in read.items():
        polled.read += _mine(ids, owner).update(
            state=MeterConnection.State.ALIVE,
            attempts=0,
            last_seen_at=now,
            error="",
            due_at=due_at,
            lease_owner="",
            lease_until=None,
        )
    return polled


def _back_off(connection: MeterConnection, answer: Answer, owner: str, now: datetime) -> None:
    """Wait 1, 2, 4 ... 60 minutes, then for the next bound."""
    wait = min(timedelta(minutes=2 ** min(connection.attempts - 1, 10)), LONGEST_BACK_OFF)
    is_wrong = answer.failure in RULES
    states = MeterConnection.State
    _mine([connection.pk], owner).update(
        state=states.QUARANTINED if is_wrong else states.SILENT,
        error=answer.detail,
        due_at=_next_bound(connection, now + wait - timedelta(seconds=1)),
        lease_owner="",
        lease_until=None,
    )
    logger.warning(
        "meter.unread",
        extra={"meter": connection.meter.serial, "failure": answer.failure, "why": answer.detail},
    )


def _mine(ids: list[int], owner: str) -> QuerySet[MeterConnection]:
    return MeterConnection.objects.filter(pk__in=ids, lease_owner=owner)

"""What a person decides about a held reading."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from core.periods import Period
from meters import readings
from meters.models import Channel, ReadingException
from meters.operations.accept import lock_last_counters, save_last_counters
from meters.operations.estimates import estimate_missing
from meters.readings import Quality, Slots
from meters.vee.counters import Counter, floor, spread
from meters.vee.rules import Rule


class Decision(Protocol):
    """What `accept_reading` and `reject_reading` have in common."""

    def __call__(
        self, exception: ReadingException, *, actor: User | None, at: datetime, reason: str = ""
    ) -> None: ...


class NotOpen(Exception):
    """The exception was decided before, or holds no value that could be accepted."""


class NoGround(Exception):
    """Nothing known leads to an estimate; nothing was decided."""


@transaction.atomic
def accept_reading(
    exception: ReadingException, *, actor: User | None, at: datetime, reason: str = ""
) -> None:
    """Take a held value as true after all.

    An impossible counter fills the slots since the last one, as set by hand. A counter that fell
    begins a new series: what passed before it stays unknown. A conflicting slot is replaced.

    :raises NotOpen: if there is nothing to accept
    """
    channel, value = exception.channel, exception.value_base
    if channel is None or value is None:
        raise NotOpen
    _close(exception, ReadingException.Resolution.ACCEPTED, actor, at, reason)
    if exception.rule == Rule.CONFLICT:
        _store(channel, exception.starts_at, [value], actor, at, reason)
        return
    counter = Counter(exception.ends_at, value)
    last = lock_last_counters([channel.pk]).get(channel.pk)
    if last and last.read_at >= counter.read_at:
        raise NotOpen  # later readings have gone past it
    if exception.rule == Rule.IMPOSSIBLE and last:
        starts_at = floor(last.read_at, channel.interval_s)
        slots = -(-int((counter.read_at - starts_at).total_seconds()) // channel.interval_s)
        _store(channel, starts_at, spread(value - last.value, slots).tolist(), actor, at, reason)
    save_last_counters({channel.pk: counter})


@transaction.atomic
def reject_reading(
    exception: ReadingException, *, actor: User | None, at: datetime, reason: str = ""
) -> None:
    """Leave a held value out for good; the raw message stays.

    :raises NotOpen: if it was decided before
    """
    _close(exception, ReadingException.Resolution.REJECTED, actor, at, reason)


@transaction.atomic
def estimate_instead(
    exception: ReadingException, *, actor: User | None, at: datetime, reason: str = ""
) -> None:
    """Leave a held value out, and fill the slots that it left empty with estimates.

    :raises NotOpen: if it was decided before, or belongs to no series
    :raises NoGround: if no slot is empty there, or nothing known leads to an estimate
    """
    channel = exception.channel
    if channel is None:
        raise NotOpen
    _close(exception, ReadingException.Resolution.REJECTED, actor, at, reason)
    step = timedelta(seconds=channel.interval_s)
    starts_at = floor(exception.starts_at, channel.interval_s)
    ends_at = floor(exception.ends_at - timedelta(microseconds=1), channel.interval_s) + step
    filled = estimate_missing([channel.pk], Period(starts_at, ends_at), now=at)
    if not filled:
        raise NoGround
    audit("reading.estimated", exception, actor=actor, detail={"slots": filled, "reason": reason})


def _store(
    channel: Channel,
    starts_at: datetime,
    values: list[int],
    actor: User | None,
    at: datetime,
    reason: str,
) -> None:
    readings.store_slots(
        [
            Slots(
                channel.pk,
                starts_at,
                channel.interval_s,
                np.array(values, dtype=np.int64),
                Quality.SUBSTITUTED,
            )
        ],
        source="decision",
        recorded_at=at,
        reason=reason[:120] or "accepted by decision",
        actor_id=actor.pk if actor else None,
        decided=True,
    )


def _close(
    exception: ReadingException, resolution: str, actor: User | None, at: datetime, reason: str
) -> None:
    still_open = ReadingException.objects.filter(
        pk=exception.pk, resolution=ReadingException.Resolution.OPEN
    )
    if not still_open.update(resolution=resolution, resolved_by=actor, resolved_at=at):
        raise NotOpen
    detail = {"rule": exception.rule, **({"reason": reason} if reason else {})}
    audit(f"reading.{resolution}", exception, actor=actor, detail=detail)

"""Meters come and go: each with the reads that close one series and open the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from meters import readings
from meters.models import (
    Channel,
    Meter,
    MeterConnection,
    MeterInstallation,
    ReadingException,
    RegisterRead,
    UsagePoint,
)
from meters.operations.accept import (
    exception_of,
    lock_last_counters,
    places_of,
    register_reads,
    save_last_counters,
    slots_of,
)
from meters.vee.counters import Counter, floor, slots_between


class MissingRead(Exception):
    """A channel has no opening or closing read; nothing was changed."""


class NotOnBoundary(Exception):
    """The moment lies within an interval, which would belong to two meters."""


@transaction.atomic
def install_meter(
    meter: Meter,
    usage_point: UsagePoint,
    *,
    at: datetime,
    opening: Mapping[str, int],
    actor: User | None = None,
) -> MeterInstallation:
    """Hang a meter at a usage point; polls go on from its opening reads.

    :param opening: what each register shows, in base units, by quantity
    :raises MissingRead: if a channel has no opening read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    :raises django.db.IntegrityError: if the meter or the usage point is taken
    """
    channels = _channels(meter, at, opening)
    installation = MeterInstallation.objects.create(
        meter=meter, usage_point=usage_point, starts_at=at
    )
    for quantity, channel in channels.items():
        _keep_read(channel, at, opening[quantity])
    save_last_counters({c.pk: Counter(at, opening[q]) for q, c in channels.items()})
    _set_state(meter, Meter.State.INSTALLED)
    MeterConnection.objects.filter(meter=meter).update(due_at=None, attempts=0)
    audit("meter.installed", installation, actor=actor, detail={"opening": dict(opening)})
    return installation


@transaction.atomic
def remove_meter(
    installation: MeterInstallation,
    *,
    at: datetime,
    closing: Mapping[str, int],
    actor: User | None = None,
) -> None:
    """Take a meter down; what passed since the last poll is filled from its closing reads.

    :raises MissingRead: if a channel has no closing read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    """
    meter = installation.meter
    channels = _channels(meter, at, closing)
    before = lock_last_counters([channel.pk for channel in channels.values()])
    places = places_of({meter.pk})[meter.pk]
    for quantity, channel in channels.items():
        place, counter = places[quantity], Counter(at, closing[quantity])
        last = before.get(channel.pk)
        passed = slots_between(
            last, counter, interval_s=channel.interval_s, bounds=place.bounds, now=at
        )
        ReadingException.objects.bulk_create(
            [exception_of(f, channel, raw=None, now=at) for f in passed.findings],
            ignore_conflicts=True,
        )
        if len(passed.values) and not channel.is_register_only:
            readings.store_slots([slots_of(passed, channel)], source="closing", recorded_at=at)
        _keep_read(channel, at, closing[quantity])
        RegisterRead.objects.bulk_create(
            register_reads(passed, place, last, None), ignore_conflicts=True
        )
        save_last_counters({channel.pk: counter})
    installation.ends_at = at
    installation.save()
    _set_state(meter, Meter.State.RETIRED)
    audit("meter.removed", installation, actor=actor, detail={"closing": dict(closing)})


@transaction.atomic
def exchange_meter(
    installation: MeterInstallation,
    new_meter: Meter,
    *,
    at: datetime,
    closing: Mapping[str, int],
    opening: Mapping[str, int],
    actor: User | None = None,
) -> MeterInstallation:
    """Put a new meter in the place of an old one; both reads are mandatory.

    :raises MissingRead: if a channel of either meter has no read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    """
    remove_meter(installation, at=at, closing=closing, actor=actor)
    return install_meter(new_meter, installation.usage_point, at=at, opening=opening, actor=actor)


def _channels(meter: Meter, at: datetime, reads: Mapping[str, int]) -> dict[str, Channel]:
    channels = {channel.quantity: channel for channel in meter.channels.order_by("id")}
    if missing := sorted(set(channels) - set(reads)):
        raise MissingRead(
            _("Meter %(serial)s has no read for: %(channels)s.")
            % {"serial": meter.serial, "channels": ", ".join(missing)}
        )
    for channel in channels.values():
        if floor(at, channel.interval_s) != at:
            raise NotOnBoundary(
                _("Choose a moment on a bound of %(minutes)s minutes.")
                % {"minutes": channel.interval_s // 60}
            )
    return channels


def _keep_read(channel: Channel, at: datetime, value: int) -> None:
    RegisterRead.objects.create(
        channel=channel, read_at=at, value_base=value, reason=RegisterRead.Reason.EXCHANGE
    )


def _set_state(meter: Meter, state: str) -> None:
    meter.state = state
    meter.save()

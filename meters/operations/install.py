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
    Place,
    exception_of,
    lock_last_counters,
    places_of,
    register_reads,
    save_last_counters,
    slots_of,
)
from meters.operations.decide import accept_reading
from meters.vee.counters import Counter, floor, slots_between
from meters.vee.rules import Rule


class MissingRead(Exception):
    """A channel has no opening or closing read; nothing was changed."""


class NotOnBoundary(Exception):
    """The moment lies within an interval, which would belong to two meters."""


class NotHanging(Exception):
    """The meter does not hang there any more: somebody else removed it."""


class ReadBefore(Exception):
    """The register was read at this moment already, and showed something else."""


class MeasuredBefore(Exception):
    """A meter that measured with one multiplier is not given another."""


@transaction.atomic
def install_meter(
    meter: Meter,
    usage_point: UsagePoint,
    *,
    at: datetime,
    opening: Mapping[str, int],
    multipliers: Mapping[str, int] | None = None,
    actor: User | None = None,
) -> MeterInstallation:
    """Hang a meter at a usage point; polls go on from its opening reads.

    :param opening: what each register shows, in base units, by quantity
    :param multipliers: the ratio of the transformers before each register, by quantity; only for
        a meter that never hung anywhere
    :raises MissingRead: if a channel has no opening read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    :raises ReadBefore: if a register showed something else at this moment
    :raises MeasuredBefore: if a meter that has measured would get another multiplier
    :raises django.db.IntegrityError: if the meter or the usage point is taken
    """
    changed = _set_multipliers(meter, multipliers or {})
    channels = _channels(meter, at, opening)
    installation = MeterInstallation.objects.create(
        meter=meter, usage_point=usage_point, starts_at=at
    )
    for quantity, channel in channels.items():
        _keep_read(channel, at, opening[quantity])
    save_last_counters({c.pk: Counter(at, opening[q]) for q, c in channels.items()})
    _set_state(meter, Meter.State.INSTALLED)
    MeterConnection.objects.filter(meter=meter).update(due_at=None, attempts=0)
    detail = {"opening": dict(opening), **({"multipliers": changed} if changed else {})}
    audit("meter.installed", installation, actor=actor, detail=detail)
    return installation


@transaction.atomic
def remove_meter(
    installation: MeterInstallation,
    *,
    at: datetime,
    closing: Mapping[str, int],
    decided: bool = False,
    actor: User | None = None,
) -> None:
    """Take a meter away; its closing reads end its series.

    :param closing: what each register shows, in base units, by quantity
    :param decided: somebody made sure that a register shows what the rules doubt: what passed
        counts then, as set by hand
    :raises MissingRead: if a channel has no closing read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    :raises NotHanging: if the meter was removed before
    :raises ReadBefore: if a register showed something else at this moment
    """
    _lock_hanging(installation)
    meter = installation.meter
    channels = _channels(meter, at, closing)
    before = lock_last_counters([channel.pk for channel in channels.values()])
    places = places_of({meter.pk})[meter.pk]
    for quantity, channel in channels.items():
        last, counter = before.get(channel.pk), Counter(at, closing[quantity])
        _close_series(channel, places[quantity], last, counter, decided=decided, actor=actor)
    installation.ends_at = at
    installation.save()
    _set_state(meter, Meter.State.RETIRED)
    detail = {"closing": dict(closing), **({"decided": True} if decided else {})}
    audit("meter.removed", installation, actor=actor, detail=detail)


@transaction.atomic
def exchange_meter(
    installation: MeterInstallation,
    new_meter: Meter,
    *,
    at: datetime,
    closing: Mapping[str, int],
    opening: Mapping[str, int],
    multipliers: Mapping[str, int] | None = None,
    decided: bool = False,
    actor: User | None = None,
) -> MeterInstallation:
    """Put a new meter in the place of an old one; both reads are mandatory.

    :raises MissingRead: if a channel of either meter has no read
    :raises NotOnBoundary: if the moment does not lie between two intervals
    :raises NotHanging: if the old meter was removed before
    """
    remove_meter(installation, at=at, closing=closing, decided=decided, actor=actor)
    return install_meter(
        new_meter,
        installation.usage_point,
        at=at,
        opening=opening,
        multipliers=multipliers,
        actor=actor,
    )


def _close_series(
    channel: Channel,
    place: Place,
    last: Counter | None,
    counter: Counter,
    *,
    decided: bool,
    actor: User | None,
) -> None:
    at = counter.read_at
    passed = slots_between(
        last, counter, interval_s=channel.interval_s, bounds=place.bounds, now=at
    )
    found = [exception_of(finding, channel, raw=None, now=at) for finding in passed.findings]
    ReadingException.objects.bulk_create(found, ignore_conflicts=True)
    if decided:
        _accept_doubted(found, at, actor)
    if len(passed.values) and not channel.is_register_only:
        readings.store_slots([slots_of(passed, channel)], source="closing", recorded_at=at)
    _keep_read(channel, at, counter.value)
    RegisterRead.objects.bulk_create(
        register_reads(passed, place, last, None), ignore_conflicts=True
    )
    save_last_counters({channel.pk: counter})


def _accept_doubted(found: list[ReadingException], at: datetime, actor: User | None) -> None:
    """Accept the doubted reads of this moment, so that what passed is whole."""
    doubted = ReadingException.objects.filter(
        key__in=[exception.key for exception in found],
        severity=ReadingException.Severity.HELD,
        resolution=ReadingException.Resolution.OPEN,
        rule__in=[Rule.IMPOSSIBLE, Rule.NEGATIVE],
    )
    for exception in doubted.select_related("channel").order_by("pk"):
        accept_reading(exception, actor=actor, at=at, reason="read at the removal")


def _lock_hanging(installation: MeterInstallation) -> None:
    hanging = MeterInstallation.objects.select_for_update(of=("self",))
    if not hanging.filter(pk=installation.pk, ends_at=None).exists():
        raise NotHanging(_("The meter was removed before."))


def _set_multipliers(meter: Meter, multipliers: Mapping[str, int]) -> dict[str, int]:
    """Write the multipliers that differ and return them."""
    differing = [
        channel
        for channel in meter.channels.order_by("id")
        if multipliers.get(channel.quantity, channel.multiplier) != channel.multiplier
    ]
    if differing and meter.installations.exists():
        raise MeasuredBefore(_("This meter has measured before: its multiplier stays."))
    for channel in differing:
        channel.multiplier = multipliers[channel.quantity]
        channel.save()
    return {channel.quantity: channel.multiplier for channel in differing}


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
    read, _is_new = RegisterRead.objects.get_or_create(
        channel=channel,
        read_at=at,
        defaults={"value_base": value, "reason": RegisterRead.Reason.EXCHANGE},
    )
    if read.value_base != value:
        raise ReadBefore(_("The register was read at this moment, and showed something else."))


def _set_state(meter: Meter, state: str) -> None:
    meter.state = state
    meter.save()

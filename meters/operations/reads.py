"""Register reads that people bring."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from meters.models import Channel, RegisterRead
from meters.vee.rules import is_future


class ImpossibleRead(Exception):
    """The register cannot have shown this value then."""


@transaction.atomic
def record_register_read(
    channel: Channel,
    *,
    read_at: datetime,
    value: int,
    now: datetime,
    quality: str = RegisterRead.Quality.ACTUAL,
    actor: User | None = None,
) -> RegisterRead:
    """Keep what somebody read from a register, in base units.

    :raises ImpossibleRead: if it lies in the future, or the register cannot show it
    """
    if is_future(read_at, now):
        raise ImpossibleRead(f"{read_at} lies in the future")
    if not 0 <= value < channel.modulus:
        raise ImpossibleRead(f"{value} is not on a register of {channel.digits} digits")
    read, is_new = RegisterRead.objects.get_or_create(
        channel=channel,
        read_at=read_at,
        defaults={
            "value_base": value,
            "quality": quality,
            "reason": RegisterRead.Reason.HAND,
        },
    )
    if not is_new and read.value_base != value:
        raise ImpossibleRead(f"{read.value_base} was read at that moment")
    audit("register.read", read, actor=actor, detail={"value": value})
    return read

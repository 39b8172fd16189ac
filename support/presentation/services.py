"""What is delivered to a customer: places, plans, meters and their newest readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from accounts.models import CustomerAccount
from meters.models import (
    Channel,
    CustomerAgreement,
    MeterInstallation,
    RegisterRead,
    UsagePoint,
)
from statements.models import PlanAssignment
from support.presentation.revealed import MASK

DISPLAY = {"Wh": ("kWh", 1000), "l": ("m3", 1000)}


@dataclass(frozen=True)
class MeterRead:
    """The newest reading of one register, in base units, `scale` of which make one `unit`."""

    serial: str
    read_at: datetime | None
    value: int
    unit: str
    scale: int
    quality: str


@dataclass(frozen=True)
class Service:
    """What is delivered to one place for an account, by which plan and meters."""

    account: str  # its number
    agreement: int
    commodity: str
    point: str
    place: str
    zone: ZoneInfo
    is_off: bool
    plan: str = ""
    meters: Sequence[MeterRead] = field(default_factory=list)


def agreements_of(accounts: Sequence[CustomerAccount], now: datetime) -> list[CustomerAgreement]:
    """Return what is delivered now, with its place; one query."""
    live = CustomerAgreement.objects.filter(_live(now), account__in=accounts)
    found = live.select_related("usage_point__location", "account")
    return list(found.order_by("account__number", "starts_at", "pk"))


def is_off(agreement: CustomerAgreement) -> bool:
    state = agreement.usage_point.connection_state
    return state == UsagePoint.ConnectionState.DISCONNECTED


def services(
    agreements: Sequence[CustomerAgreement], now: datetime, *, with_address: bool
) -> list[Service]:
    """Return the services of these agreements with their plans and meters; three queries."""
    plans, meters = _plans(agreements, now), _meters(agreements, now)
    return [
        Service(
            account=agreement.account.number,
            agreement=agreement.pk,
            commodity=str(agreement.usage_point.get_commodity_display()),
            point=agreement.usage_point.code,
            place=_place(agreement, with_address=with_address),
            zone=agreement.usage_point.location.zone,
            is_off=is_off(agreement),
            plan=plans.get(agreement.pk, ""),
            meters=meters[agreement.usage_point_id],
        )
        for agreement in agreements
    ]


def _place(agreement: CustomerAgreement, *, with_address: bool) -> str:
    location = agreement.usage_point.location
    return str(location) if with_address else f"{MASK}, {location.city}"


def _live(now: datetime) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def _plans(agreements: Sequence[CustomerAgreement], now: datetime) -> dict[int, str]:
    rows = PlanAssignment.objects.filter(_live(now), agreement__in=agreements)
    return dict(rows.values_list("agreement_id", "plan_version__plan__name"))


def _meters(agreements: Sequence[CustomerAgreement], now: datetime) -> dict[int, list[MeterRead]]:
    points = [agreement.usage_point_id for agreement in agreements]
    hung = MeterInstallation.objects.filter(_live(now), usage_point__in=points)
    channels = hung.values_list(
        "usage_point_id", "meter__serial", "meter__channels__pk", "meter__channels__unit"
    )
    rows = list(channels.order_by("meter__serial", "meter__channels__pk"))
    reads = _newest_reads([channel for _point, _serial, channel, _unit in rows if channel])
    found: dict[int, list[MeterRead]] = defaultdict(list)
    for point, serial, channel, unit in rows:
        found[point].append(_read(serial, unit or "", reads.get(channel)))
    return found


def _newest_reads(channels: list[int]) -> dict[int, RegisterRead]:
    """Return the newest reading of each register."""
    of_channel = RegisterRead.objects.filter(channel=OuterRef("pk")).order_by("-read_at")
    newest = Channel.objects.filter(pk__in=channels).values_list(
        Subquery(of_channel.values("pk")[:1])
    )
    rows = RegisterRead.objects.filter(pk__in=newest)
    return {row.channel_id: row for row in rows}


def _read(serial: str, unit: str, read: RegisterRead | None) -> MeterRead:
    shown, scale = DISPLAY.get(unit, (unit, 1))
    if read is None:
        return MeterRead(serial, None, 0, shown, scale, "")
    quality = str(read.get_quality_display())
    return MeterRead(serial, read.read_at, read.value_base, shown, scale, quality)

"""Whether the services of an account are on, and by which meters they are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from accounts.models import CustomerAccount
from meters.models import Channel, CustomerAgreement, MeterInstallation, RegisterRead, UsagePoint
from reports.daily import DISPLAY
from statements.models import PlanAssignment

State = UsagePoint.ConnectionState


@dataclass(frozen=True)
class Reading:
    """What a register showed last, in base units, `scale` of which make one `unit`."""

    read_at: datetime
    value: int
    unit: str
    scale: int
    quality: str
    is_export: bool


@dataclass(frozen=True)
class MeterState:
    """One meter on its place; `last_seen_at` is its last answer, if it is asked."""

    serial: str
    last_seen_at: datetime | None
    readings: Sequence[Reading]


@dataclass(frozen=True)
class ServicePoint:
    """One service at one place; `since` is when its state last changed, if it ever did."""

    point: UsagePoint
    plan: str
    since: datetime | None
    meters: Sequence[MeterState]

    @property
    def zone(self) -> ZoneInfo:
        return self.point.location.zone

    @property
    def is_on(self) -> bool:
        return self.point.connection_state == State.CONNECTED

    @property
    def is_off(self) -> bool:
        return self.point.connection_state == State.DISCONNECTED


def service_points(account: CustomerAccount, *, now: datetime) -> list[ServicePoint]:
    """Return the services that the account has now; five queries, however many there are."""
    found = CustomerAgreement.objects.filter(_live(now), account=account)
    related = found.select_related("usage_point__location").order_by("starts_at", "pk")
    agreements = list(related)
    points = [agreement.usage_point for agreement in agreements]
    plans, since = _plans(agreements, now), _since(points)
    meters = _meters(points, now)
    return [
        ServicePoint(
            point=agreement.usage_point,
            plan=plans.get(agreement.pk, ""),
            since=since.get(agreement.usage_point_id),
            meters=meters[agreement.usage_point_id],
        )
        for agreement in agreements
    ]


def _live(now: datetime) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def _plans(agreements: Sequence[CustomerAgreement], now: datetime) -> dict[int, str]:
    rows = PlanAssignment.objects.filter(_live(now), agreement__in=agreements)
    return dict(rows.values_list("agreement_id", "plan_version__plan__name"))


def _since(points: Sequence[UsagePoint]) -> dict[int, datetime]:
    """Return when each point came into the state it is in; without any change it is absent."""
    rows = UsagePoint.history.filter(id__in=[point.pk for point in points])
    steps: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    ordered = rows.order_by("history_date", "history_id")
    for pk, state, at in ordered.values_list("id", "connection_state", "history_date"):
        if not steps[pk] or steps[pk][-1][0] != state:
            steps[pk].append((state, at))
    return {pk: changes[-1][1] for pk, changes in steps.items() if len(changes) > 1}


def _meters(points: Sequence[UsagePoint], now: datetime) -> Mapping[int, list[MeterState]]:
    hung = MeterInstallation.objects.filter(_live(now), usage_point__in=points)
    related = hung.select_related("meter__connection").order_by("starts_at", "pk")
    installations = list(related)
    reads = _newest_reads(each.meter_id for each in installations)
    found: dict[int, list[MeterState]] = defaultdict(list)
    for each in installations:
        connection = getattr(each.meter, "connection", None)
        seen = connection.last_seen_at if connection else None
        found[each.usage_point_id].append(
            MeterState(each.meter.serial, seen, reads.get(each.meter_id, []))
        )
    return found


def _newest_reads(meter_ids: Iterable[int]) -> dict[int, list[Reading]]:
    """Return the newest read of each register, by meter; one query."""
    of_channel = RegisterRead.objects.filter(channel=OuterRef("pk")).order_by("-read_at")
    newest = Channel.objects.filter(meter__in=list(meter_ids)).values_list(
        Subquery(of_channel.values("pk")[:1])
    )
    rows = RegisterRead.objects.filter(pk__in=newest).select_related("channel")
    found: dict[int, list[Reading]] = defaultdict(list)
    for row in rows.order_by("channel__quantity", "channel_id"):
        found[row.channel.meter_id].append(_reading(row))
    return {meter: sorted(reads, key=lambda read: read.is_export) for meter, reads in found.items()}


def _reading(row: RegisterRead) -> Reading:
    unit, scale = DISPLAY[row.channel.unit]
    return Reading(
        read_at=row.read_at,
        value=row.value_base,
        unit=unit,
        scale=scale,
        quality=str(row.get_quality_display()),
        is_export=row.channel.quantity == Channel.Quantity.EXPORT,
    )

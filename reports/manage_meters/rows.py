"""The rows of the list of meters: a page of them in a constant number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Commodity
from core.tables import Link, Moment, Tag
from meters.models import (
    CustomerAgreement,
    Meter,
    MeterInstallation,
    ReadingException,
    UsagePoint,
)
from reports.manage_meters.narrowing import live
from reports.manage_meters.yesterday import Yesterday, yesterday

State = UsagePoint.ConnectionState
TAGS = {State.CONNECTED: "good", State.DISCONNECTED: "warn", State.UNKNOWN: "draft"}


@dataclass(frozen=True)
class Row:
    """One meter; the attributes are the cells."""

    serial: Link
    make: str
    commodity: str
    point: str
    place: str
    connection: Tag | None
    mode: str
    seen: Moment | None
    yesterday: Tag | None
    waiting: Link | None


def rows(meters: Sequence[Meter], *, now: datetime, zone: ZoneInfo) -> list[Row]:
    """Return the rows of these meters, in their order.

    Four queries, and as many for yesterday's readings as there are zones and lengths of interval.

    :param zone: of the utility, for meters that hang nowhere
    """
    keys = [meter.pk for meter in meters]
    hung = _hanging(keys)
    modes = _modes([each.usage_point_id for each in hung.values()], now)
    held = open_exceptions(keys)
    days = yesterday(hung.values(), now)
    return [
        _row(
            meter,
            hung.get(meter.pk),
            modes=modes,
            held=held[meter.pk],
            day=days.get(meter.pk),
            zone=zone,
        )
        for meter in meters
    ]


def open_exceptions(meter_ids: Iterable[int]) -> Mapping[int, int]:
    """Count what waits for a decision, by meter; a conflict names its channel only."""
    about = Coalesce(F("meter_id"), F("channel__meter_id"))
    keys = list(meter_ids)
    found = ReadingException.objects.filter(
        Q(meter__in=keys) | Q(channel__meter__in=keys),
        resolution=ReadingException.Resolution.OPEN,
    )
    counted = found.annotate(about=about).values("about").order_by().annotate(number=Count("pk"))
    return Counter({row["about"]: row["number"] for row in counted})


def state_tag(point: UsagePoint) -> Tag:
    """Return whether a place is on, by word and shape."""
    state = State(point.connection_state)
    return Tag(str(state.label), TAGS[state])


def _hanging(meter_ids: Sequence[int]) -> dict[int, MeterInstallation]:
    found = MeterInstallation.objects.filter(meter__in=meter_ids, ends_at=None)
    return {each.meter_id: each for each in found.select_related("usage_point__location")}


def _modes(point_ids: Sequence[int], now: datetime) -> dict[int, str]:
    found = CustomerAgreement.objects.filter(live(now), usage_point__in=point_ids)
    modes = found.values_list("usage_point_id", "payment_mode")
    return {key: str(CustomerAgreement.PaymentMode(mode).label) for key, mode in modes}


def _row(
    meter: Meter,
    hung: MeterInstallation | None,
    *,
    modes: Mapping[int, str],
    held: int,
    day: Yesterday | None,
    zone: ZoneInfo,
) -> Row:
    point = hung.usage_point if hung else None
    where = point.location.zone if point else zone
    connection = getattr(meter, "connection", None)
    seen = connection.last_seen_at if connection else None
    return Row(
        serial=Link(meter.serial, reverse("reports:manage_meter", args=[meter.serial])),
        make=f"{meter.maker} {meter.model}",
        commodity=str(Commodity(point.commodity).label) if point else "",
        point=point.code if point else "",
        place=str(point.location) if point else str(Meter.State(meter.state).label),
        connection=state_tag(point) if point else None,
        mode=modes.get(point.pk, _("No agreement")) if point else "",
        seen=Moment(seen, where) if seen else None,
        yesterday=day.tag if day else None,
        waiting=_waiting(meter, held),
    )


def _waiting(meter: Meter, held: int) -> Link | None:
    return Link(str(held), reverse("meters:exceptions", args=[meter.serial])) if held else None

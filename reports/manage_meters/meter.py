"""One meter: what it is, where it hung, what it read lately, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import formats
from core.charts import Bar, Chart, Mark, bars
from core.charts.shapes import EXPORT, USE
from core.periods import local_date, local_days
from core.tables import Tag
from meters import units
from meters.models import (
    Channel,
    CustomerAgreement,
    Meter,
    MeterConnection,
    MeterInstallation,
    RegisterRead,
)
from reports.manage_meters.narrowing import live
from reports.manage_meters.reads import Read, read_row
from reports.manage_meters.rows import open_exceptions, state_tag
from reports.manage_readings.parts import parts_of_meter
from reports.manage_readings.totals import DayTotal, by_day

DAYS = 30
READS = 8
HEARD = {"new": "draft", "alive": "good", "silent": "warn", "quarantined": "warn", "off": "off"}


@dataclass(frozen=True)
class Register:
    """One channel in words; `last` is what it showed last."""

    word: str
    every: str
    digits: int
    multiplier: int
    unit: str
    last: str
    last_at: datetime | None


@dataclass(frozen=True)
class MeterPage:
    """Everything on the page of a meter."""

    meter: Meter
    zone: ZoneInfo
    registers: Sequence[Register]
    hung: Sequence[MeterInstallation]  # the newest first
    here: MeterInstallation | None
    state: Tag | None
    mode: str
    connection: MeterConnection | None
    heard: Tag | None
    reads: Sequence[Read]
    waiting: int
    charts: Sequence[Chart]
    today: date


def page(meter: Meter, *, now: datetime, zone: ZoneInfo) -> MeterPage:
    """Return the page of a meter.

    :param meter: with its connection
    :param zone: of the utility, for a meter that never hung anywhere
    """
    hung = list(_installations(meter))
    here = next((each for each in hung if each.ends_at is None), None)
    where = hung[0].usage_point.location.zone if hung else zone
    channels = list(meter.channels.select_related("last").order_by("id"))
    connection = getattr(meter, "connection", None)
    today = local_date(now, where)
    return MeterPage(
        meter=meter,
        zone=where,
        registers=[_register(channel) for channel in channels],
        hung=hung,
        here=here,
        state=state_tag(here.usage_point) if here else None,
        mode=_mode(here, now) if here else "",
        connection=connection,
        heard=_heard(connection) if connection else None,
        reads=_reads({channel.pk: channel for channel in channels}, where),
        waiting=open_exceptions([meter.pk]).get(meter.pk, 0),
        charts=_charts(meter, today, where, now),
        today=today,
    )


def _installations(meter: Meter) -> Sequence[MeterInstallation]:
    found = MeterInstallation.objects.filter(meter=meter).select_related("usage_point__location")
    return list(found.order_by("-starts_at", "-pk"))


def _register(channel: Channel) -> Register:
    last = getattr(channel, "last", None)
    return Register(
        word=str(Channel.Quantity(channel.quantity).label),
        every=_every(channel),
        digits=channel.digits,
        multiplier=channel.multiplier,
        unit=formats.unit_name(units.displayed_unit(channel.unit)),
        last=formats.number(units.shown(last.value, channel.multiplier)) if last else "",
        last_at=last.read_at if last else None,
    )


def _every(channel: Channel) -> str:
    if channel.is_register_only:
        return _("Register only")
    return _("%(minutes)s minutes") % {"minutes": formats.number(channel.interval_s // 60)}


def _mode(here: MeterInstallation, now: datetime) -> str:
    found = CustomerAgreement.objects.filter(live(now), usage_point=here.usage_point_id).first()
    return str(found.get_payment_mode_display()) if found else _("No agreement")


def _heard(connection: MeterConnection) -> Tag:
    return Tag(str(connection.get_state_display()), HEARD[connection.state])


def _reads(channels: Mapping[int, Channel], zone: ZoneInfo) -> list[Read]:
    found = RegisterRead.objects.filter(channel__in=channels).order_by("-read_at", "channel")
    return [read_row(read, channels[read.channel_id], zone) for read in found[:READS]]


def _charts(meter: Meter, today: date, zone: ZoneInfo, now: datetime) -> list[Chart]:
    """Return a chart of the last thirty days for each register that counts by intervals."""
    period = local_days(today - timedelta(days=DAYS), today - timedelta(days=1), zone)
    totals = by_day(parts_of_meter(meter, period, now=now))
    names = dict.fromkeys(total.quantity for total in totals)
    return [_chart(name, [t for t in totals if t.quantity == name]) for name in names]


def _chart(quantity: str, totals: Sequence[DayTotal]) -> Chart:
    unit, scale = totals[0].unit, totals[0].scale
    units_used = sum(total.units for total in totals)
    whole = sum(total.is_whole for total in totals)
    finding = _("%(amount)s in %(days)s days, %(whole)s of them whole") % {
        "amount": formats.quantity(units_used, unit, scale=scale),
        "days": formats.number(len(totals)),
        "whole": formats.number(whole),
    }
    series = EXPORT if quantity == Channel.Quantity.EXPORT else USE
    rows = [
        Bar(str(total.day.day), (total.units,), mark_of(total), formats.day(total.day))
        for total in totals
    ]
    return bars(rows, [series], key=f"days-{quantity}", finding=finding, unit=unit, scale=scale)


def mark_of(total: DayTotal) -> Mark:
    """Return what has to be said beside the bar of a day."""
    mark = Mark.NONE
    if total.guessed:
        mark |= Mark.ESTIMATED
    if total.held < total.expected:
        mark |= Mark.MISSING
    return mark

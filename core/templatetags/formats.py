"""Amounts, quantities and dates in templates, each isolated from the direction of its text."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import formats
from core.periods import Period

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> SafeString:
    """`{{ bill.total_minor|money:bill.currency }}`"""
    return format_html('<bdi class="money">{}</bdi>', formats.money(minor, currency))


@register.filter
def balance(minor: int, currency: str) -> SafeString:
    """Say in words who owes whom: a positive balance is the customer's debt."""
    if minor > 0:
        return format_html(_("You owe {}"), money(minor, currency))
    if minor < 0:
        return format_html(_("{} in credit"), money(-minor, currency))
    return format_html("{}", _("Nothing to pay"))


@register.filter
def lines(text: str) -> SafeString:
    """`{{ utility.address|lines }}`: each line in its own direction."""
    rows = ((formats.isolated(line),) for line in text.splitlines())
    return format_html_join(SafeString("<br>"), '<bdi dir="auto">{}</bdi>', rows)


@register.filter
def number(value: int) -> SafeString:
    return format_html("<bdi>{}</bdi>", formats.number(value))


@register.simple_tag
def rate(unit_price: int, currency: str, unit: str = "") -> SafeString:
    """`{% rate line.unit_price currency "kWh" %}`: every digit, with its unit."""
    shown = formats.rate(unit_price, currency)
    if not unit:
        return format_html('<bdi class="money">{}</bdi>', shown)
    each = _("%(price)s per %(unit)s") % {"price": shown, "unit": formats.unit_name(unit)}
    return format_html('<bdi class="money">{}</bdi>', each)


@register.simple_tag
def quantity(base: int, unit: str, scale: int = 1) -> SafeString:
    """`{% quantity line.quantity "kWh" 1000 %}`: base units, and how many make one unit."""
    return format_html('<bdi class="number">{}</bdi>', formats.quantity(base, unit, scale=scale))


@register.filter
def day(value: date | None) -> SafeString:
    if value is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>', value.isoformat(), formats.day(value)
    )


@register.filter
def short_day(value: date | None) -> SafeString:
    """`{{ bill.due_date|short_day }}`: for columns and lists of many days."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>', value.isoformat(), formats.short_day(value)
    )


@register.filter
def month(value: date) -> SafeString:
    return format_html("<bdi>{}</bdi>", formats.month(value))


@register.filter
def moment(value: datetime | None, zone: ZoneInfo | str | None = None) -> SafeString:
    """`{{ notice.created_at|moment:utility.zone }}`; UTC without a zone."""
    if value is None:
        return SafeString("")
    place = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or "UTC")
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>',
        value.isoformat(),
        formats.moment(value, place),
    )


@register.filter
def clock(value: datetime, zone: ZoneInfo | str | None = None) -> SafeString:
    """`{{ grant.expires_at|clock:utility.zone }}`: the time of day; UTC without a zone."""
    place = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or "UTC")
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>',
        value.isoformat(),
        formats.time_of_day(value, place),
    )


@register.simple_tag
def period(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> SafeString:
    """`{% period bill.starts_at bill.ends_at bill.zone %}`: first to last day."""
    shown = formats.period(Period(starts_at, ends_at), zone)
    return format_html('<bdi class="period">{}</bdi>', shown)


@register.simple_tag
def days(first: date, last: date) -> SafeString:
    """`{% days first last %}`: a range of days, both included."""
    return format_html('<bdi class="period">{}</bdi>', formats.days(first, last))


@register.simple_tag
def short_days(first: date, last: date) -> SafeString:
    """`{% short_days first last %}`: a range of days for narrow columns, both included."""
    return format_html('<bdi class="period">{}</bdi>', formats.short_days(first, last))

"""The cells of a list, each as its value asks for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import formats
from core.tables.cells import Link, Moment, Money, Quantity, Tag, Value
from core.templatetags.formats import moment
from core.templatetags.page import tag

register = template.Library()
NOTHING = SafeString("–")


@register.simple_tag
def cell(value: Value) -> SafeString:
    """`{% cell cell.value %}`: isolated from the direction of the text around it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Money):
        shown = formats.money(value.minor, value.currency)
        return format_html('<bdi class="money">{}</bdi>', shown)
    if isinstance(value, Quantity):
        shown = formats.quantity(value.base, value.unit, scale=value.scale)
        return format_html('<bdi class="number">{}</bdi>', shown)
    if isinstance(value, Tag):
        return tag(value.word, value.kind)
    if isinstance(value, Moment):
        return moment(value.at, value.zone)
    return _plain(value)


def _plain(value: str | int | Decimal | date | Link) -> SafeString:
    if isinstance(value, Link):
        shown = format_html('<bdi dir="auto">{}</bdi>', value.text)
        return format_html('<a href="{}">{}</a>', value.url, shown) if value.url else shown
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, int | Decimal):
        return format_html('<bdi class="number">{}</bdi>', formats.number(value))
    return format_html('<bdi dir="auto">{}</bdi>', value)


def _day(value: date) -> SafeString:
    """Return the day with its month in letters, short enough for a column."""
    shown = format_date(value, format="medium", locale=formats.current_locale())
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', value.isoformat(), shown)

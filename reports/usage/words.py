"""The sentences over and under a chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_percent
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import formats
from reports.usage.asked import Against
from reports.usage.figures import Figure
from tariffs.names import told

Shown = Callable[[int], str]  # a value with its unit
Values = Callable[[Figure], int]


def finding(span: str, total: str, *, is_export: bool, is_money: bool, is_so_far: bool) -> str:
    """Say what was used in all."""
    words = {"span": capfirst(span), "total": total}
    if is_money:
        if is_so_far:
            return _("%(span)s: %(total)s so far.") % words
        return _("%(span)s: %(total)s.") % words
    if is_export:
        if is_so_far:
            return _("%(span)s: you have fed back %(total)s so far.") % words
        return _("%(span)s: you fed back %(total)s.") % words
    if is_so_far:
        return _("%(span)s: you have used %(total)s so far.") % words
    return _("%(span)s: you used %(total)s.") % words


def comparison(now: int, then: int, against: Against) -> str:
    """Say how two totals of equally much time differ; empty where nothing can be said."""
    if then <= 0:
        return ""
    change = Decimal(now - then) / then
    percent = _percent(abs(change))
    is_year = against is Against.YEAR
    if not change:
        return _("As much as a year before.") if is_year else _("As much as in the time before.")
    if change < 0:
        if is_year:
            return _("%(percent)s less than a year before.") % {"percent": percent}
        return _("%(percent)s less than in the time before.") % {"percent": percent}
    if is_year:
        return _("%(percent)s more than a year before.") % {"percent": percent}
    return _("%(percent)s more than in the time before.") % {"percent": percent}


def extremes(found: Sequence[Figure], value: Values, shown: Shown) -> str:
    """Name the highest and the lowest bar of those that are whole."""
    whole = [figure for figure in found if figure.is_whole]
    if len(whole) < 2:
        return ""
    most, least = max(whole, key=value), min(whole, key=value)
    if value(most) == value(least):
        return ""
    words = {
        "most": shown(value(most)),
        "most_when": most.bucket.about,
        "least": shown(value(least)),
        "least_when": least.bucket.about,
    }
    return _("Most: %(most)s (%(most_when)s). Least: %(least)s (%(least_when)s).") % words


def share_of_band(found: Sequence[Figure], names: Sequence[str]) -> str:
    """Say how much of the use fell into the dearest hours."""
    total = sum(sum(figure.by_band) for figure in found)
    if not total:
        return ""
    part = Decimal(sum(figure.by_band[-1] for figure in found if figure.by_band)) / total
    words = {"share": _percent(part), "band": told(names[-1])}
    return _("%(share)s of it fell into the dearest hours (%(band)s).") % words


def _percent(share: Decimal) -> str:
    """Return a share in whole percent, or with one decimal below ten percent."""
    step = Decimal("0.01") if share >= Decimal("0.1") else Decimal("0.001")
    rounded = share.quantize(step, ROUND_HALF_UP)
    locale = formats.current_locale()
    return str(format_percent(rounded, locale=locale, decimal_quantization=False))

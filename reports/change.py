"""How much more or less something is than before, in words."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_percent
from django.utils.translation import gettext as _

from core import formats


def change(now: int, before: int) -> str:
    """Return "12% less than", "8% more than" or "as much as"; whole percent, rounded once."""
    if before <= 0:
        return _("more than") if now > before else _("as much as")
    percent = (Decimal(abs(now - before) * 100) / before).quantize(Decimal(1), ROUND_HALF_UP)
    if not percent:
        return _("about as much as")
    told = {"percent": format_percent(percent / 100, locale=formats.current_locale())}
    return _("%(percent)s less than") % told if now < before else _("%(percent)s more than") % told


def same_day_before(day: date) -> date | None:
    """Return the same day of the year before; a leap day has none."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return None

"""The words of a line: what it prices, how much of it, at which rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.dates import get_day_names
from babel.numbers import format_percent
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formats
from statements.models import PRICE_DIGITS, StatementLine
from tariffs import engine, names
from tariffs.engine.measures import UNITS

WEEK = 7
MINUTES = 24 * 60


def unit_words(unit: str) -> str:
    """Return "per kWh", "per day": what a rate is a rate for."""
    fixed = {
        "day": _("per day"),
        "period": _("per billing period"),
        "month": _("per month"),
        "30 days": _("per 30 days"),
        "year": _("per year of 365 days"),
        "dwelling": _("per dwelling"),
        "item": _("per item"),
        "bill": _("per bill"),
    }
    return fixed.get(unit) or _("per %(unit)s") % {"unit": formats.unit_name(unit)}


def rate(line: StatementLine, currency: str) -> str:
    """Return the line's rate with every digit it has, and what it is for."""
    if line.unit == "percent":
        return percent(line.unit_price)
    if line.kind == "demand" and line.params.get("per") == "day":
        words = {"unit": formats.unit_name(line.unit)}
        return f"{formats.rate(line.unit_price, currency)} {_('per %(unit)s and day') % words}"
    return f"{formats.rate(line.unit_price, currency)} {unit_words(line.unit)}"


def signed(minor: int, currency: str) -> str:
    """Return a difference with its sign: +$2.00, -$0.40."""
    return formats.money(minor, currency, plus=True)


def percent(scaled: int) -> str:
    """Return 10^-8 of one percent as a percentage with all its digits."""
    share = Decimal(scaled).scaleb(-PRICE_DIGITS - 2)
    return str(format_percent(share, locale=formats.current_locale(), decimal_quantization=False))


def quantity(line: StatementLine, currency: str) -> str:
    """Return what the rate is multiplied with; days say of how many they are a share."""
    if line.unit in ("percent", "money"):
        return formats.money(line.quantity, currency)
    if line.unit in ("day", "30 days", "year"):
        return days(line.quantity)
    if line.unit == "period" and line.quantity_scale > 1:
        return share_of_days(line.quantity, line.quantity_scale)
    if line.unit == "period":
        return _("1 billing period")
    if line.unit == "bill":
        return _("1 bill")
    if line.unit == "month":
        return months(line)
    times, of = part_of(line)
    return formats.quantity(line.quantity // times, line.unit, scale=line.quantity_scale // of)


def part_of(line: StatementLine) -> tuple[int, int]:
    """Return by how many days a quantity is multiplied, and by how many it is divided."""
    told = line.params
    scale = UNITS[line.unit].scale if line.unit in UNITS else line.quantity_scale
    if told.get("days") and line.kind == "demand" and told.get("per") == "day":
        return told["days"], 1
    if told.get("cycle_days") and line.quantity_scale == scale * told["cycle_days"]:
        return told["days"], told["cycle_days"]
    return 1, 1


def months(line: StatementLine) -> str:
    """Return the months that a fixed charge is for; in a part of them, also of which days."""
    count = line.params.get("months", 1)
    words = ngettext("%(count)s month", "%(count)s months", count)
    whole = words % {"count": formats.number(count)}
    if line.quantity_scale == 1:
        return whole
    return f"{whole} × {share_of_days(line.params['days'], line.params['cycle_days'])}"


def shares(line: StatementLine) -> str:
    """Return what stands after quantity × rate: " × 15/30 days", " × 30 days", or nothing."""
    times, of = part_of(line)
    if (times, of) == (1, 1):
        return ""
    if of == 1:
        return f" × {days(times)}"
    words = {"part": formats.number(times), "whole": formats.number(of)}
    return f" × {_('%(part)s/%(whole)s days') % words}"


def name(line: StatementLine) -> str:
    """Return what the utility calls the charge of a line, in the reader's language."""
    return names.told(str(line.params.get("name") or line.charge))


def days(count: int) -> str:
    words = ngettext("%(count)s day", "%(count)s days", count)
    return words % {"count": formats.number(count)}


def share_of_days(part: int, whole: int) -> str:
    words = {"part": formats.number(part), "whole": formats.number(whole)}
    return _("%(part)s of %(whole)s days") % words


def details(line: StatementLine, tariff: engine.Tariff | None, currency: str = "") -> list[str]:
    """Return what narrows a line down: season, hours of the band, bounds of the slab."""
    told = line.params
    found = []
    if season := told.get("season"):
        found.append(_("Season: %(name)s") % {"name": names.told(season)})
    if band := told.get("band"):
        found.append(hours(band, tariff))
    if told.get("table_lower") or told.get("table_upper") is not None:
        bounds = {"lower": told["table_lower"], "upper": told["table_upper"]}
        words = {"use": slab(bounds, line.quantity_scale, line.unit)}
        found.append(_("Prices for a use of: %(use)s") % words)
    if told.get("lower") or told.get("upper") is not None:
        found.append(_bounds(line, currency))
        share = told.get("days"), told.get("cycle_days")
        if share[0] != share[1] and None not in share and part_of(line) == (1, 1):
            words = {"share": share_of_days(told["days"], told["cycle_days"])}
            found.append(_("bounds for %(share)s") % words)
    return [*found, *_more(told)]


def _more(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what only few lines say of themselves."""
    if "minimum" in told and told.get("cycle_days"):
        yield share_of_days(told["days"], told["cycle_days"])
    if told.get("peak") == "daily":
        yield _("The greatest demand of each day, added up")
    if on := told.get("seasons_on"):
        words = {"day": formats.day(date.fromisoformat(on))}
        yield _("At the prices of %(day)s, the last day of the bill") % words
    if unserved := told.get("unserved"):
        yield _("Not counted: %(days)s without service") % {"days": days(unserved)}


def _bounds(line: StatementLine, currency: str) -> str:
    """Return the bounds of a slab: of a quantity, an amount, or for each kW or dwelling."""
    told = line.params
    if line.unit == "percent":
        return _amounts(told.get("lower") or 0, told.get("upper"), currency)
    bounds = slab(told, UNITS[line.unit].scale if line.unit in UNITS else 1, line.unit)
    if line.kind != "demand" and (per := told.get("per")):
        words = {"bounds": bounds, "each": formats.unit_name(names.told(per))}
        return _("%(bounds)s for each: %(each)s") % words
    return bounds


def _amounts(lower: int, upper: int | None, currency: str) -> str:
    words = {
        "lower": formats.money(lower, currency),
        "upper": formats.money(upper or 0, currency),
    }
    if upper is None:
        return _("of what is over %(lower)s") % words
    if not lower:
        return _("of the first %(upper)s") % words
    return _("of what is over %(lower)s up to %(upper)s") % words


def slab(told: Mapping[str, Any], scale: int, unit: str) -> str:
    """Return the bounds of a slab: "first 100 kWh", "over 100 up to 500 kWh", "over 500 kWh"."""
    lower, upper = told.get("lower") or 0, told.get("upper")
    words = {
        "lower": formats.number(_units(lower, scale)),
        "upper": formats.number(_units(upper or 0, scale)),
        "unit": formats.unit_name(unit),
    }
    if upper is None:
        return _("over %(lower)s %(unit)s") % words
    if not lower:
        return _("first %(upper)s %(unit)s") % words
    return _("over %(lower)s up to %(upper)s %(unit)s") % words


def _units(bound: int | Fraction, scale: int) -> Decimal:
    """Return a bound in units; one for each day may be finer than a base unit."""
    exact = Fraction(bound) / scale
    return Decimal(exact.numerator) / exact.denominator


def hours(name: str, tariff: engine.Tariff | None, *, is_named: bool = True) -> str:
    """Return a band with its hours: "peak: Mon–Fri 16:00–21:00".

    :param is_named: whether it has a name; the hours of a plan's charge have none of their own
    """
    windows = tariff.bands.get(name, ()) if tariff else ()
    if not windows:
        return names.told(name)
    told = "; ".join(_window(w.days, w.starts, w.ends) for w in windows)
    if not is_named:
        return told
    return pgettext("band with its hours", "%(name)s: %(hours)s") % {
        "name": names.told(name),
        "hours": told,
    }


def _window(on: Iterable[int], starts: int, ends: int) -> str:
    if (starts, ends) == (0, MINUTES):
        return _("%(days)s all day") % {"days": day_words(on)}
    return f"{day_words(on)} {_clock(starts)}–{_clock(ends)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def day_words(on: Iterable[int]) -> str:
    """Return "Mon–Fri", "Sat–Sun and holidays" or single days, in the reader's language."""
    called = get_day_names("abbreviated", locale=formats.current_locale())
    week = sorted(day for day in on if day < WEEK)
    runs: list[list[int]] = []
    for day in week:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if len(week) == WEEK:
        return _("every day")
    words = [called[r[0]] if len(r) == 1 else f"{called[r[0]]}–{called[r[-1]]}" for r in runs]
    if any(day >= WEEK for day in on):
        words.append(_("holidays"))
    return ", ".join(words)

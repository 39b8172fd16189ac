"""Money, quantities, rates and dates as the reader's language writes them (CLDR, by Babel).

Everything here only shows values that are exact already; nothing is rounded.
"""

from __future__ import annotations

import re
import unicodedata
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import NumberPattern
from django.conf import settings
from django.utils.translation import get_language, get_language_bidi, pgettext, to_locale

from core.money import minor_digits
from core.periods import Period, last_day, local_date

PRICE_SCALE = 8  # unit prices are whole numbers of 10^-8 of the currency
MOST_DIGITS = 20  # after the decimal mark; a sum of exact values has fewer
NO_BREAK_SPACE = "\u00a0"
LETTERS_MEET_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c]")
LEFT_TO_RIGHT, ITS_OWN_WAY, ISOLATE_ENDS = "\u2066", "\u2068", "\u2069"
UNIT_SYMBOLS = {
    "m3": "m³",
    "m2": "m²",
    "ft3": "ft³",
    **{name: name for name in "Wh kWh MWh l kW kVA W VA varh kvarh VAh kVAh MJ GJ A %".split()},
}


@lru_cache(maxsize=64)
def locale_of(language: str, region: str = "") -> Locale:
    """Return the locale of a language, in the region if CLDR knows the pair."""
    name = to_locale(language)
    candidates = [f"{name}_{region}"] if region and "_" not in name else []
    for candidate in (*candidates, name, name.partition("_")[0]):
        try:
            return Locale.parse(candidate, resolve_likely_subtags=False)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def current_locale() -> Locale:
    """Return the reader's locale: the active language in the utility's region."""
    return locale_of(get_language() or settings.LANGUAGE_CODE, settings.FORMAT_REGION)


def money(minor: int, currency: str, *, plus: bool = False, locale: Locale | None = None) -> str:
    """Return an amount of whole minor units with the decimals of ISO 4217.

    :param plus: whether an amount above zero says so, as a change does
    """
    return _money(minor, currency, plus, locale or current_locale())


def rate(
    unit_price: int, currency: str, *, scale: int = PRICE_SCALE, locale: Locale | None = None
) -> str:
    """Return a price of 10^-scale units of the currency with every digit it has."""
    where = locale or current_locale()
    digits = (minor_digits(currency), max(scale, minor_digits(currency)))
    return _in_its_order(_price(Decimal(unit_price).scaleb(-scale), currency, digits, where), where)


def number(value: Decimal | int, *, locale: Locale | None = None) -> str:
    """Return a number with all its digits, grouped as the language does."""
    return _number(value or 0, locale or current_locale())  # zero has no sign


def quantity(base: int, unit: str, *, scale: int = 1, locale: Locale | None = None) -> str:
    """Return a quantity given in base units, `scale` of which make one unit: 1,234.5 kWh."""
    shown = number(Decimal(base) / Decimal(scale), locale=locale)
    return _in_its_order(f"{shown} {unit_name(unit)}".strip(), locale or current_locale())


def unit_name(unit: str) -> str:
    """Return the symbol or the translated word of a unit."""
    if unit in UNIT_SYMBOLS:
        return UNIT_SYMBOLS[unit]
    words = {
        "day": pgettext("unit", "days"),
        "month": pgettext("unit", "months"),
        "period": pgettext("unit", "billing period"),
        "year": pgettext("unit", "years"),
        "dwelling": pgettext("unit", "dwellings"),
        "item": pgettext("unit", "items"),
    }
    return words.get(unit, unit)


def day(value: date, *, locale: Locale | None = None) -> str:
    """Return a date in long form: 5 December 2026."""
    return _date("long", value, locale or current_locale())


def short_day(value: date, *, locale: Locale | None = None) -> str:
    """Return a date for narrow columns, its month still a word: Dec 5, 2026."""
    return _date("medium", value, locale or current_locale())


def day_short(value: date, *, locale: Locale | None = None) -> str:
    """Return the day of a month in short, for an axis: Oct 15."""
    return _skeleton("MMMd", value, locale or current_locale())


def short_days(first: date, last: date, *, locale: Locale | None = None) -> str:
    """Return a range of days for narrow columns, both included: Oct 1 – 31, 2026."""
    return _interval("yMMMd", first, last, locale or current_locale())


def month(value: date, *, locale: Locale | None = None) -> str:
    """Return month and year: October 2026."""
    return _skeleton("yMMMM", value, locale or current_locale())


def month_short(value: date, *, locale: Locale | None = None) -> str:
    """Return the month in short, for an axis: Oct."""
    return _skeleton("MMM", value, locale or current_locale())


def moment(value: datetime, zone: ZoneInfo, *, locale: Locale | None = None) -> str:
    """Return a moment as the clock of the place shows it, with the short name of the zone."""
    where = locale or current_locale()
    local = value.astimezone(zone)
    clock = f"{format_time(local, format='short', locale=where)} {local.tzname()}"
    joined = str(where.datetime_formats["medium"])
    return joined.replace("{1}", day(local.date(), locale=where)).replace("{0}", clock)


def time_of_day(value: datetime, zone: ZoneInfo, *, locale: Locale | None = None) -> str:
    """Return what the clock of the place shows, as "14:32"."""
    where = locale or current_locale()
    return str(format_time(value.astimezone(zone), format="short", locale=where))


def period(value: Period, zone: ZoneInfo, *, locale: Locale | None = None) -> str:
    """Return a period by its first and last day, both included."""
    first, last = local_date(value.starts_at, zone), last_day(value, zone)
    return days(first, last, locale=locale)


def days(first: date, last: date, *, locale: Locale | None = None) -> str:
    """Return a range of days, both included: October 1, 2026 – October 31, 2026."""
    if first == last:
        return day(first, locale=locale)
    return f"{day(first, locale=locale)} – {day(last, locale=locale)}"


def _price(value: Decimal, currency: str, digits: tuple[int, int], where: Locale) -> str:
    shown = _currency(where, digits).apply(value, where, currency=currency, currency_digits=False)
    return LETTERS_MEET_DIGITS.sub(NO_BREAK_SPACE, shown)  # KWD 5.000, as CLDR asks


def isolated(text: str) -> str:
    """Return a text that keeps its own direction, in languages that run from right to left.

    Browsers know it from `bdi` alone; the maker of PDFs does not.
    """
    return f"{ITS_OWN_WAY}{text}{ISOLATE_ENDS}" if get_language_bidi() else text


def _in_its_order(shown: str, where: Locale) -> str:
    """Keep sign, number and unit in their order inside text that runs from right to left."""
    if where.text_direction == "ltr":
        return shown
    plain = DIRECTION_MARKS.sub("", shown)
    if any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in plain):
        return shown  # with a word of that language; the order is its own
    return f"{LEFT_TO_RIGHT}{plain}{ISOLATE_ENDS}"


@lru_cache(maxsize=256)
def _decimal(where: Locale, digits: tuple[int, int]) -> NumberPattern:
    return _with_digits(where.decimal_formats[None], digits)


@lru_cache(maxsize=256)
def _currency(where: Locale, digits: tuple[int, int]) -> NumberPattern:
    return _with_digits(where.currency_formats["standard"], digits)


# A page names the same days and amounts many times, in its tables, charts and links.


@lru_cache(maxsize=4096)
def _money(minor: int, currency: str, plus: bool, where: Locale) -> str:
    digits = minor_digits(currency)
    shown = _price(Decimal(minor).scaleb(-digits), currency, (digits, digits), where)
    return _in_its_order(f"+{shown}" if plus and minor > 0 else shown, where)


@lru_cache(maxsize=4096, typed=True)
def _number(value: Decimal | int, where: Locale) -> str:
    held = -int(Decimal(value).as_tuple().exponent)  # asking for more overflows a large number
    return _decimal(where, (0, min(max(held, 0), MOST_DIGITS))).apply(value, where)


@lru_cache(maxsize=4096)
def _date(form: Literal["medium", "long"], value: date, where: Locale) -> str:
    return format_date(value, format=form, locale=where)


@lru_cache(maxsize=4096)
def _skeleton(skeleton: str, value: date, where: Locale) -> str:
    return format_skeleton(skeleton, value, locale=where)


@lru_cache(maxsize=1024)
def _interval(skeleton: str, first: date, last: date, where: Locale) -> str:
    return str(format_interval(first, last, skeleton, locale=where))


def _with_digits(pattern: NumberPattern, digits: tuple[int, int]) -> NumberPattern:
    """Return the pattern with the fewest and most digits after the decimal mark."""
    changed = copy(pattern)
    changed.frac_prec = digits
    return changed

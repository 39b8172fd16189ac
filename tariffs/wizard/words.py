"""The checks of `tariffs.authoring` in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formats
from tariffs.authoring import Check, Level
from tariffs.engine.examples import Failure
from tariffs.told_errors import failure

SAID: Mapping[str, Promise] = {
    "name_missing": gettext_lazy("Enter a name."),
    "name_long": gettext_lazy("The name has more than %(most)s letters."),
    "name_twice": gettext_lazy("The name “%(name)s” is there twice."),
    "code_missing": gettext_lazy("Enter a code."),
    "code_wrong": gettext_lazy(
        "“%(entered)s” is no code: small letters, digits and hyphens, at most 40."
    ),
    "code_twice": gettext_lazy("Two charges have the code “%(entered)s”."),
    "not_a_choice": gettext_lazy("“%(entered)s” is not one of the choices."),
    "first_day_missing": gettext_lazy("Enter the first day."),
    "day_out_of_range": gettext_lazy("%(day)s is out of range."),
    "last_day_before_first": gettext_lazy("The last day is before the first one."),
    "valid_ongoing": gettext_lazy("Valid from %(first)s, with no end."),
    "valid_to": gettext_lazy("Valid from %(first)s to %(last)s, both days included."),
    "number_missing": gettext_lazy("Enter a number, such as 0.12."),
    "not_a_number": gettext_lazy("“%(entered)s” is not a number. Write it as 0.12."),
    "negative": gettext_lazy("%(entered)s is below zero. Enter zero or more."),
    "decimals": gettext_lazy("%(entered)s has more than %(most)s decimals."),
    "above_most": gettext_lazy("%(entered)s is more than %(most)s."),
    "derived_decimals": gettext_lazy(
        "The price after the discount has more than %(most)s decimals."
    ),
    "slabs_missing": gettext_lazy("Add at least one slab."),
    "bound_missing": gettext_lazy("Slab %(slab)s needs an upper bound; only the last has none."),
    "last_slab_open": gettext_lazy("The last slab has no upper bound, so that all use is priced."),
    "slab_order": gettext_lazy("Slab %(slab)s must end above %(above)s."),
    "one_slab": gettext_lazy("There is only one slab: a flat rate says the same."),
    "seasons_missing": gettext_lazy("Add at least one season."),
    "not_a_month_day": gettext_lazy("Choose a month and a day that exists."),
    "year_covered": gettext_lazy("Every day of the year has a rate (366 of 366 days)."),
    "bands_missing": gettext_lazy("Add at least one rate."),
    "windows_missing": gettext_lazy("“%(name)s” has no hours yet."),
    "not_a_time": gettext_lazy("Choose a time."),
    "not_a_day": gettext_lazy("“%(entered)s” is no type of day."),
    "days_missing": gettext_lazy("Choose a type of day."),
    "window_empty": gettext_lazy("From %(starts)s to %(ends)s is no time at all."),
    "of_missing": gettext_lazy("Choose what it is taken of."),
    "of_unknown": gettext_lazy("It is taken of “%(entered)s”, which is no other charge here."),
    "no_example": gettext_lazy(
        "No bill worked by hand is entered. One proves that the tariff does what you mean."
    ),
    "example_right": gettext_lazy("The bill worked by hand comes out."),
    "example_fails": gettext_lazy("A bill worked by hand does not come out: %(message)s"),
    "summary_missing": gettext_lazy("Say what changed."),
    "refused": gettext_lazy("This cannot be priced: %(message)s"),
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED = ("slab_order", "bound_missing", "windows_missing", "name_twice", "example_fails")
DAYS: Mapping[str, Promise] = {
    "all": gettext_lazy("Every day"),
    "weekday": gettext_lazy("Monday to Friday"),
    "weekend": gettext_lazy("Saturday and Sunday"),
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
    "holiday": gettext_lazy("Holidays"),
}


def sentence(check: Check) -> str:
    """Return what a check says."""
    params = {name: _shown(value) for name, value in check.params.items()}
    if check.code == "not_a_choice" and not check.params["entered"]:
        return _("Choose one of the list.")
    if check.code == "windows_missing" and not check.params["name"].strip():
        params["name"] = _unnamed(check)
    if check.code == "slabs_cover":
        count = check.params["slabs"]
        said = ngettext(
            "%(slabs)s slab prices all use, without a gap.",
            "%(slabs)s slabs price all use, without a gap.",
            count,
        )
        return said % params
    if check.code in ("days_uncovered", "days_twice"):
        return _of_year(check, params)
    if check.code in ("hours_covered", "hours_uncovered", "hours_twice"):
        return _of_day(check, params)
    return str(SAID[check.code]) % params


def with_row(check: Check, places: Mapping[str, int]) -> str:
    """Return what a check says, and of which row where it is not right.

    :param places: which row of their list the charges are, as `typed_charges.places` tells
    """
    said = sentence(check)
    row = re.match(r"(rows|bands|examples|standing|others)\[(\d+)\]", check.field)
    if row is None or check.level is Level.OK or check.code in NAMED:
        return said
    number = places.get(row[0], int(row[2])) + 1
    return _("Row %(number)s: %(said)s") % {"number": number, "said": said}


def grouped(found: Sequence[Check]) -> list[Check]:
    """Return checks with those that say the same of several days as one."""
    days: dict[tuple[str, str], list[str]] = {}
    for check in found:
        if "day" in check.params and check.code.startswith("hours_"):
            days.setdefault(_but_day(check), []).append(check.params["day"])
    one: list[Check] = []
    for check in found:
        alike = days.get(_but_day(check), [])
        if not alike:
            one.append(check)
        elif check.params["day"] == alike[0]:
            one.append(replace(check, params={**check.params, "day": day_names(alike)}))
    return one


def day_names(days: Sequence[str]) -> str:
    """Return single days by the name of their group where there is one, parted by blanks."""
    if set(WEEK) <= set(days):
        return "all"
    groups = {WEEK[:5]: "weekday", WEEK[5:]: "weekend"}
    return groups.get(tuple(days), " ".join(days))


def _but_day(check: Check) -> tuple[str, str]:
    rest = {name: value for name, value in check.params.items() if name != "day"}
    return check.code, repr(rest)


def day_type(days: str) -> str:
    """Return types of days in words; several are parted by blanks."""
    return ", ".join(str(DAYS.get(day, day)) for day in days.split())


def month_day(text: str) -> str:
    """Return 11-01 as the reader writes the first of November."""
    return formats.day_short(date(2024, int(text[:2]), int(text[3:])))


def _unnamed(check: Check) -> str:
    """Return what a rate by the hour is called before it has a name."""
    row = re.match(r"bands\[(\d+)\]", check.field)
    return _("Rate %(number)s") % {"number": int(row[1]) + 1} if row else ""


def _of_year(check: Check, params: dict[str, Any]) -> str:
    ranges = [
        _("%(first)s to %(last)s") % {"first": month_day(first), "last": month_day(last)}
        for first, last in check.params["ranges"]
    ]
    params["ranges"] = "; ".join(ranges)
    if check.code == "days_twice":
        said = ngettext(
            "%(days)s day is in two seasons: %(ranges)s.",
            "%(days)s days are in two seasons: %(ranges)s.",
            check.params["days"],
        )
    else:
        said = ngettext(
            "%(days)s day has no rate: %(ranges)s.",
            "%(days)s days have no rate: %(ranges)s.",
            check.params["days"],
        )
    return said % params


def _of_day(check: Check, params: dict[str, Any]) -> str:
    params["day"] = day_type(check.params["day"])
    if check.code == "hours_covered":
        return _("%(day)s: %(hours)s of %(of)s hours have a rate.") % params
    windows = [
        _("%(starts)s to %(ends)s") % {"starts": starts, "ends": ends}
        for starts, ends, _bands in check.params["windows"]
    ]
    params["windows"] = "; ".join(windows)
    if check.code == "hours_twice":
        return _("%(day)s: two rates hold from %(windows)s.") % params
    return _("%(day)s: %(hours)s of %(of)s hours have a rate; none from %(windows)s.") % params


def _shown(value: Any) -> Any:
    if isinstance(value, Failure):
        return failure(value)
    if isinstance(value, date):
        return formats.day(value)
    return formats.number(value) if isinstance(value, Decimal) else value

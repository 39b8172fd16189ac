"""What the checks of a plan say, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import formats
from tariffs.authoring import Check

SAID: dict[str, Any] = {
    "text_missing": _("It cannot be empty."),
    "text_long": _("It is longer than %(most)s letters."),
    "short_name_wrong": _("Use letters, digits, - and _ only, and begin with a letter or digit."),
    "reserved": _("%(entered)s is an address of this site: choose another short name."),
    "taken": _("Another plan has it already: %(other)s."),
    "not_a_choice": _("Choose one of the list."),
    "day_missing": _("Enter the day from which the plan holds."),
    "in_the_past": _("It is in the past: the earliest day is today, %(today)s."),
    "before_first": _("It is before the start, %(first)s."),
    "number_missing": _("Enter a number."),
    "not_a_number": _("%(entered)s is not a number."),
    "negative": _("%(entered)s is below zero."),
    "decimals": _("%(entered)s has more than %(most)s decimals."),
    "above_most": _("%(entered)s is above %(most)s."),
    "not_above_zero": _("It must be above zero: who pays no tax is exempt."),
    "bands_missing": _("A tiered tax needs at least one tier."),
    "last_is_open": _("The last tier has no upper bound: leave it empty."),
    "bound_not_above": _("Enter a number above that of the tier before, %(before)s."),
    "categories_missing": _("Choose at least one consumer category."),
    "category_unknown": _("%(category)s is not offered any more."),
    "services_missing": _("Choose at least one service."),
    "tariff_missing": _("Choose a rate name."),
    "other_service": _("%(tariff)s is of another service."),
    "inactive": _("%(tariff)s is not offered any more."),
    "expired": _("%(tariff)s has expired when the plan starts; its last day is %(last)s."),
    "begins_later": _("%(tariff)s begins on %(first)s, after the plan does."),
    "serves_others": _("%(tariff)s does not serve %(category)s."),
    "twice": _("Another charge is called %(entered)s already."),
    "service_missing": _("A price per unit belongs to one service: choose it."),
    "not_a_service": _("The plan does not have this service."),
    "of_missing": _("Choose what it is a percentage of."),
    "of_unknown": _("%(charge)s is not a charge above of the same service."),
    "hours_missing": _("Enter the hours, for example 16:00-20:00."),
    "hours_wrong": _("%(entered)s is not readable as hours: write 16:00-20:00."),
    "refused": "%(message)s",
}


def said(check: Check) -> str:
    """Return what a check says in the language in use."""
    return str(SAID[check.code]) % _shown(check.params)


def _shown(params: Mapping[str, Any]) -> dict[str, str]:
    found = {name: _text(value) for name, value in params.items()}
    if isinstance(end := params.get("end"), date):
        found["last"] = formats.day(end - timedelta(days=1))
    return found


def _text(value: Any) -> str:
    if isinstance(value, date):
        return formats.day(value)
    return formats.number(value) if isinstance(value, int | Decimal) else str(value)

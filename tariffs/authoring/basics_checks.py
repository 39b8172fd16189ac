"""Checks of the first step: name, code, days, currency, place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tariffs.authoring.found import Check, Step, error, fine
from tariffs.authoring.state import Basics
from tariffs.engine.reading.definition import MAX_NAME
from tariffs.engine.reading.fields import CODE
from tariffs.engine.reading.quantity import COMMODITIES

STEP = Step.BASICS
YEARS = range(1900, 9000)


def basics(entered: Basics) -> Iterator[Check]:
    """Check what step 1 asks.

    Codes: name_missing, name_long (with `most`), code_missing, code_wrong, not_a_choice,
    first_day_missing, day_out_of_range, last_day_before_first, valid_to or valid_ongoing.
    """
    name = entered.name.strip()
    if not name:
        yield error(STEP, "name", "name_missing")
    elif len(name) > MAX_NAME:
        yield error(STEP, "name", "name_long", most=MAX_NAME)
    if not entered.code:
        yield error(STEP, "code", "code_missing")
    elif not re.fullmatch(CODE, entered.code):
        yield error(STEP, "code", "code_wrong", entered=entered.code)
    if entered.commodity not in COMMODITIES:
        yield error(STEP, "commodity", "not_a_choice", entered=entered.commodity)
    if not re.fullmatch("[A-Z]{3}", entered.currency):
        yield error(STEP, "currency", "not_a_choice", entered=entered.currency)
    if not _is_zone(entered.zone):
        yield error(STEP, "zone", "not_a_choice", entered=entered.zone)
    yield from _days(entered.first_day, entered.last_day)


def _days(first: date | None, last: date | None) -> Iterator[Check]:
    if first is None:
        yield error(STEP, "first_day", "first_day_missing")
        return
    for name, day in (("first_day", first), ("last_day", last)):
        if day and day.year not in YEARS:
            yield error(STEP, name, "day_out_of_range", day=day)
            return
    if last is None:
        yield fine(STEP, "last_day", "valid_ongoing", first=first)
    elif last < first:
        yield error(STEP, "last_day", "last_day_before_first", first=first, last=last)
    else:
        yield fine(STEP, "last_day", "valid_to", first=first, last=last)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

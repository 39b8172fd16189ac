"""Checks of seasons: every day of the year lies in exactly one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from tariffs.authoring.amount_checks import amount, percentage
from tariffs.authoring.found import Check, Step, error, fine
from tariffs.authoring.numbers import decimals
from tariffs.authoring.state import SeasonalRate, SeasonRow
from tariffs.engine.quantities.coverage import leap_year
from tariffs.engine.quantities.days import LEAP_YEAR
from tariffs.engine.shape import PRICE_DIGITS, MonthDays

STEP = Step.RATES
DAYS = 366
Range = tuple[str, str]  # both included, e.g. 11-01 to 03-31


def seasons(rate: SeasonalRate) -> Iterator[Check]:
    """Check the seasons and how they cover the year.

    Codes: seasons_missing, name_missing, name_twice, not_a_month_day, derived_decimals,
    year_covered, days_uncovered and days_twice (with `ranges` and `days`); those of numbers.
    """
    if not rate.rows:
        yield error(STEP, "rows", "seasons_missing")
        return
    names = [row.name.strip() for row in rate.rows]
    for i, row in enumerate(rate.rows):
        yield from _row(row, f"rows[{i}]", is_twice=names.index(names[i]) < i)
    yield from _cover(rate)


def ranges(days: Sequence[date]) -> list[Range]:
    """Return days of the leap year as ranges, both ends included and written as 11-01."""
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1][-1] = day
        else:
            found.append([day, day])
    return [(f"{first:%m-%d}", f"{last:%m-%d}") for first, last in found]


def _row(row: SeasonRow, where: str, *, is_twice: bool) -> Iterator[Check]:
    if not row.name.strip():
        yield error(STEP, f"{where}.name", "name_missing")
    elif is_twice:
        yield error(STEP, f"{where}.name", "name_twice", name=row.name)
    for name, entered in (("first", row.first), ("last", row.last)):
        if _month_day(entered) is None:
            yield error(STEP, f"{where}.{name}", "not_a_month_day", entered=entered)
    wrong = list(amount(row.regular, STEP, f"{where}.regular"))
    yield from wrong
    if row.discount_percent:
        wrong += percentage(
            row.discount_percent, STEP, f"{where}.discount_percent", most=Decimal(100)
        )
        yield from [each for each in wrong if each.field.endswith("percent")]
    if not wrong and row.price is not None and decimals(row.price) > PRICE_DIGITS:
        yield error(STEP, f"{where}.discount_percent", "derived_decimals", most=PRICE_DIGITS)


def _cover(rate: SeasonalRate) -> Iterator[Check]:
    held = [days for row in rate.rows if (days := _days(row))]
    by_day = {day: sum((day.month, day.day) in days for days in held) for day in leap_year()}
    holes = [day for day, times in by_day.items() if not times]
    twice = [day for day, times in by_day.items() if times > 1]
    if holes:
        yield error(STEP, "rows", "days_uncovered", days=len(holes), ranges=ranges(holes))
    if twice:
        yield error(STEP, "rows", "days_twice", days=len(twice), ranges=ranges(twice))
    if not holes and not twice:
        yield fine(STEP, "rows", "year_covered", days=DAYS)


def _days(row: SeasonRow) -> MonthDays | None:
    first, last = _month_day(row.first), _month_day(row.last)
    return MonthDays(first, last) if first and last else None


def _month_day(text: str) -> tuple[int, int] | None:
    if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date(LEAP_YEAR, int(text[:2]), int(text[3:]))
    except ValueError:
        return None
    return day.month, day.day

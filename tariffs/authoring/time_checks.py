"""Checks of time bands: every hour of every type of day has exactly one price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tariffs.authoring.amount_checks import amount
from tariffs.authoring.found import Check, Step, error, fine
from tariffs.authoring.numbers import plain_number
from tariffs.authoring.state import BandRow, TimeRate
from tariffs.authoring.strips import Stretch, day_types, is_day, minute, spans, strip
from tariffs.engine.quantities.days import DAY_END

STEP = Step.RATES
HOURS = 24


def bands(rate: TimeRate) -> Iterator[Check]:
    """Check the bands, and the hours of each type of day.

    Codes: bands_missing, name_missing, name_twice, windows_missing, not_a_time, not_a_day,
    days_missing, window_empty; for each day (`day`) hours_covered, hours_uncovered and hours_twice
    (with `hours` that have a price, `of` 24, and `windows`); those of numbers.
    """
    if not rate.bands:
        yield error(STEP, "bands", "bands_missing")
        return
    names = [band.name.strip() for band in rate.bands]
    for i, band in enumerate(rate.bands):
        yield from _band(band, f"bands[{i}]", is_twice=names.index(names[i]) < i)
    for day in day_types(rate):
        yield from _day(day, strip(rate, day))


def _band(band: BandRow, where: str, *, is_twice: bool) -> Iterator[Check]:
    if not band.name.strip():
        yield error(STEP, f"{where}.name", "name_missing")
    elif is_twice:
        yield error(STEP, f"{where}.name", "name_twice", name=band.name)
    yield from amount(band.price, STEP, f"{where}.price")
    if not band.windows:
        yield error(STEP, f"{where}.windows", "windows_missing", name=band.name)
    for i, window in enumerate(band.windows):
        at = f"{where}.windows[{i}]"
        for name, entered in (("starts", window.starts), ("ends", window.ends)):
            if minute(entered) is None:
                yield error(STEP, f"{at}.{name}", "not_a_time", entered=entered)
        if not spans(window) and None not in (minute(window.starts), minute(window.ends)):
            yield error(STEP, at, "window_empty", starts=window.starts, ends=window.ends)
        if not window.days:
            yield error(STEP, f"{at}.days", "days_missing")
        for day in window.days:
            if not is_day(day):
                yield error(STEP, f"{at}.days", "not_a_day", entered=day)


def _day(day: str, stretches: list[Stretch]) -> Iterator[Check]:
    holes = [stretch for stretch in stretches if not stretch.bands]
    twice = [stretch for stretch in stretches if len(stretch.bands) > 1]
    told = {"day": day, "hours": _hours(stretches, holes), "of": HOURS}
    if holes:
        yield error(STEP, "bands", "hours_uncovered", **told, windows=_windows(holes))
    if twice:
        yield error(STEP, "bands", "hours_twice", **told, windows=_windows(twice))
    if not holes and not twice:
        yield fine(STEP, "bands", "hours_covered", **told)


def _hours(stretches: list[Stretch], holes: list[Stretch]) -> Decimal:
    """Return the hours that have a price, to the hundredth of an hour."""
    without = sum((minute(hole.ends) or 0) - (minute(hole.starts) or 0) for hole in holes)
    return plain_number(Decimal(DAY_END - without) / 60).quantize(Decimal("0.01")).normalize()


def _windows(stretches: list[Stretch]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.starts, each.ends, each.bands) for each in stretches]

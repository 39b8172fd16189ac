"""The clock of a place: when it changes, to the second, and where it would stand if it did not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.periods import local_day
from tariffs.engine.choices import Clock
from tariffs.engine.quantities.slots import offsets, seconds

HOUR_S = 3600
NEW_YORK = ZoneInfo("America/New_York")
SPRING = seconds(datetime(2026, 3, 8, 7, tzinfo=UTC))  # 02:00 in New York, which becomes 03:00


@pytest.mark.parametrize(("before", "after"), [(1, 1), (2, 1), (1, 2), (7000, 5), (90_000, 90_000)])
def test_a_change_of_the_clock_is_found_to_the_second(before, after):
    assert offsets(NEW_YORK, Clock.WALL, SPRING - before, SPRING + after) == (
        (SPRING - before, -5 * HOUR_S),
        (SPRING, -4 * HOUR_S),
    )


def test_a_change_at_the_very_end_belongs_to_what_follows():
    """Havana goes from 00:00 to 01:00: the day before ends with it"""
    havana = ZoneInfo("America/Havana")
    day = local_day(date(2026, 3, 7), havana)
    starts, ends = seconds(day.starts_at), seconds(day.ends_at)

    assert offsets(havana, Clock.WALL, starts, ends) == ((starts, -5 * HOUR_S),)
    assert offsets(havana, Clock.WALL, ends, ends + 1) == ((ends, -4 * HOUR_S),)


@pytest.mark.parametrize(
    ("zone", "year", "hours"),
    [
        ("America/New_York", 2026, -5),
        ("Australia/Adelaide", 2026, 9.5),
        ("Africa/Casablanca", 2019, 1),  # an hour back in Ramadan only: early in June, that year
        ("Africa/Sao_Tome", 2018, 0),  # an hour ahead from the second hour of the year on
        ("America/Argentina/San_Juan", 2004, -4),  # an hour back in June and July
    ],
)
def test_standard_time_is_the_smaller_offset_of_the_first_of_january_and_july(zone, year, hours):
    at = seconds(datetime(year, 5, 1, tzinfo=UTC))

    assert offsets(ZoneInfo(zone), Clock.STANDARD, at, at + 1) == ((at, hours * HOUR_S),)


def test_a_year_has_both_changes_of_the_clocks():
    """8 March and 1 November 2026, at 07:00 and 06:00 UTC."""
    zone = ZoneInfo("America/New_York")
    ends = [datetime(year, 1, 1, 5, tzinfo=UTC) for year in (2026, 2027)]

    found = offsets(zone, Clock.WALL, *(seconds(moment) for moment in ends))

    changes = [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)]
    assert found == (
        (seconds(ends[0]), -5 * 3600),
        (seconds(changes[0]), -4 * 3600),
        (seconds(changes[1]), -5 * 3600),
    )

"""Finds the price row of every reading, and what each row used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.tariffs.reference.clock import in_band, local
from tests.tariffs.reference.facts import NotPriceable, Readings, Registers, Total, total_of
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import whole

Row = Mapping[str, Any]
Runs = list[tuple[int | None, int]]  # (price row or none, base units) in the order of time


def rows_of(charge: Row) -> Sequence[Row]:
    """Return the price rows; a charge with one price is its own row."""
    prices: Sequence[Row] = charge.get("prices", [charge])
    return prices


def runs(journey: Journey, index: int, rows: Sequence[Row], source: str) -> Runs:
    """Return what was used, reading after reading, with the price row of each."""
    use = journey.use(index, source)
    if isinstance(use, Readings):
        found = row_of_each(journey, index, rows, use)
        return list(zip(found, use.values, strict=True))
    if isinstance(use, Registers):
        return _registers(journey, index, rows, use)
    return _total(journey, index, rows, use)


def row_of_each(
    journey: Journey, index: int, rows: Sequence[Row], use: Readings
) -> list[int | None]:
    """Ask the calendar for the price row of each reading; None where no row holds."""
    if not any("season" in row or "band" in row for row in rows):
        return [0] * len(use.values)
    known = journey.rows_at.setdefault((index, _names(rows), use.starts_at, use.interval_s), [])
    if not known:
        known.extend(row_at(journey, index, rows, moment) for moment in moments(use))
    return known


def moments(use: Readings) -> Iterator[datetime]:
    moment = use.starts_at.astimezone(UTC)
    for _ in use.values:
        yield moment
        moment += timedelta(seconds=use.interval_s)


def row_at(journey: Journey, index: int, rows: Sequence[Row], moment: datetime) -> int | None:
    segment = journey.segments[index]
    shown = local(moment, segment.zone, segment.tariff.get("clock", "wall"))
    for number, row in enumerate(rows):
        if "season" in row and not journey.counts(index, row["season"], shown.date()):
            continue
        if "band" not in row or in_band(segment.tariff, row["band"], shown):
            return number
    return None


def _names(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    return tuple((row.get("season", ""), row.get("band", "")) for row in rows)


def _total(journey: Journey, index: int, rows: Sequence[Row], use: Total) -> Runs:
    if any("band" in row for row in rows):
        raise NotPriceable("a total has no time bands")
    return _over_days(journey, index, rows, list(range(len(rows))), use.value)


def _registers(journey: Journey, index: int, rows: Sequence[Row], use: Registers) -> Runs:
    """Let each register price its own band; without bands they are one total."""
    bands = {row["band"] for row in rows if "band" in row}
    if not bands:
        return _total(journey, index, rows, Total(total_of(use)))
    if bands != set(use.values):
        raise NotPriceable(f"registers {sorted(use.values)} are not the bands {sorted(bands)}")
    found: Runs = []
    for band, value in use.values.items():
        mine = [i for i, row in enumerate(rows) if row.get("band") == band]
        found += _over_days(journey, index, rows, mine, value)
    return found


def _over_days(
    journey: Journey, index: int, rows: Sequence[Row], mine: list[int], value: int
) -> Runs:
    """Spread a value over the seasons by days, rounded as they add up."""
    if not any("season" in rows[i] for i in mine):
        return [(mine[0], value)]
    counts: dict[int | None, int] = {}
    for day in journey.days(index):
        held = (i for i in mine if _holds(journey, index, rows[i], day))
        row = next(held, None)
        counts[row] = counts.get(row, 0) + 1
    days, reached, given, found = sum(counts.values()), 0, 0, []
    if not days:
        raise NotPriceable("a total without a whole day has no season")
    for row, count in counts.items():
        reached += count
        upto = whole(Fraction(value * reached, days))
        found.append((row, upto - given))
        given = upto
    return found


def _holds(journey: Journey, index: int, row: Row, day: Any) -> bool:
    return "season" not in row or journey.counts(index, row["season"], day)

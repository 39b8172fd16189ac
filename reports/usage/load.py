"""What the bars of a span are made of, in a number of queries that does not depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.periods import Period, local_date, local_month, next_month
from reports.usage import billed, slots
from reports.usage.bands import Priced
from reports.usage.billed import Cover
from reports.usage.services import Service
from reports.usage.slots import Slots
from reports.usage.spans import Bucket, hull, utc_days_around
from statements.prices import prices_of
from statements.rating.versions import tariffs_by_version
from statements.readings import Billed


@dataclass(frozen=True)
class Loaded:
    """Readings, bills and prices of a span."""

    rows: Sequence[Slots]
    covers: Sequence[Cover]
    priced: Sequence[Priced]
    was_corrected: bool  # readings differ from what was billed; the billed ones are shown


def load(
    service: Service,
    bounds: Sequence[Bucket],
    *,
    now: datetime,
    newest: datetime | None,
    with_prices: bool,
) -> Loaded:
    """Read a span; with prices, the whole cycles around it, since slabs climb from their start."""
    period = hull(bounds)
    if with_prices:
        months = months_of(period, service)
        period = Period(months[0].starts_at, months[-1].ends_at)
    rows = slots.read(service, utc_days_around(period), now=now, newest=newest)
    covers = billed.covers(service, period)
    traces = billed.agreements_as_billed(covers)
    was_corrected = billed.show_as_billed(rows, service, traces.values())
    priced = _priced(service, period, list(traces.values()), covers) if with_prices else []
    return Loaded(rows, covers, priced, was_corrected)


def months_of(period: Period, service: Service) -> list[Period]:
    """Return the local months that a period touches."""
    day = local_date(period.starts_at, service.zone).replace(day=1)
    months: list[Period] = []
    while not months or months[-1].ends_at < period.ends_at:
        months.append(local_month(day.year, day.month, service.zone))
        day = next_month(day.year, day.month)
    return months


def _priced(
    service: Service, period: Period, found: Sequence[Billed], covers: Sequence[Cover]
) -> list[Priced]:
    """Return the tariffs that billed the time, and for the rest those in force."""
    months = months_of(period, service)
    versions = {(each.version_id, each.digest) for one in found for each in one.priced}
    tariffs = tariffs_by_version(versions)
    priced = [
        Priced(tariffs[each.version_id], each.period, _cycle(each.period, months))
        for one in found
        for each in one.priced
    ]
    own = dict(service.agreements)
    edges = [moment for m in months for moment in (m.starts_at, m.ends_at)]
    edges += [moment for c in covers for moment in (c.period.starts_at, c.period.ends_at)]
    for agreement, time in prices_of(own, period, service.zone):
        part = time.period.overlap(own[agreement])
        for piece in part.cut(edges) if part else ():
            if not any(piece.overlap(c.period) for c in covers if c.agreement_id == agreement):
                priced.append(Priced(time.tariff, piece, _cycle(piece, months)))
    return priced


def _cycle(period: Period, months: Sequence[Period]) -> Period:
    """Return the month that a period lies in; its own time where it lies in none."""
    return next((month for month in months if month.overlap(period) == period), period)

"""Works out the figures of a span: units, their bands, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.periods import Period
from reports.usage import money
from reports.usage.asked import Asked, By
from reports.usage.bands import Bands, bands_of
from reports.usage.figures import Figure, figures
from reports.usage.load import Loaded, load
from reports.usage.services import Service
from reports.usage.spans import Bucket, Span, Step, billing_periods, buckets, hull

FINE = (Step.HOUR, Step.DAY, Step.WEEK)
BANDED = (*FINE, Step.MONTH, Step.PERIOD)


def figures_of(
    service: Service, asked: Asked, span: Span, *, now: datetime, newest: datetime | None
) -> tuple[list[Figure], Loaded]:
    """Return the figures of a span, still without bands and money."""
    step = asked.step
    bounds = _bounds(asked.step, service, span)
    with_prices = step in BANDED if asked.by is By.USE else step in FINE
    loaded = load(service, bounds, now=now, newest=newest, with_prices=with_prices)
    if step is Step.PERIOD:
        inside = {c.period for c in loaded.covers if span.period(service.zone).overlap(c.period)}
        bounds = billing_periods(
            inside | set(_open_periods(service, bounds, loaded, now)), service.zone
        )
    found = figures(loaded.rows, bounds)
    for figure in found:
        figure.is_ahead = figure.bucket.period.ends_at > now
        figure.has_no_meter = _lacks_meter(service, figure.bucket.period, now)
    if service.is_register_only:
        _fill_registers(found, loaded, service)
    return found, loaded


def _bounds(step: Step, service: Service, span: Span) -> list[Bucket]:
    return buckets(Step.MONTH if step is Step.PERIOD else step, span, service.zone)


def _open_periods(
    service: Service, months: Sequence[Bucket], loaded: Loaded, now: datetime
) -> list[Period]:
    """Return the months, or what of them was the account's, that no bill covers yet."""
    found = []
    for month in months:
        for _agreement, period in service.agreements:
            part = period.overlap(month.period)
            if not part or part.starts_at >= now:
                continue
            if not any(cover.period.overlap(part) for cover in loaded.covers):
                found.append(month.period.overlap(Period(part.starts_at, month.period.ends_at)))
    return [part for part in found if part]


def _lacks_meter(service: Service, period: Period, now: datetime) -> bool:
    """Tell whether an agreement had no meter in a part of the time that is over."""
    if service.is_register_only or period.starts_at >= now:
        return False
    for agreement, whole in service.agreements:
        part = whole.overlap(Period(period.starts_at, min(period.ends_at, now)))
        if part is None:
            continue
        hung = sum(
            both.seconds
            for each in service.hung
            if each.agreement_id == agreement and (both := each.period.overlap(part))
        )
        if hung < part.seconds:
            return True
    return False


def _fill_registers(found: Sequence[Figure], loaded: Loaded, service: Service) -> None:
    """Take the use of a register from its bills."""
    units = money.billed_registers(loaded.covers, service.source)
    for figure in found:
        mine = [c for c in loaded.covers if c.period == figure.bucket.period]
        figure.units = sum(units.get((c.statement_id, c.agreement_id), 0) for c in mine)
        figure.due = figure.held = figure.billed = len(mine)


def add_bands(service: Service, found: Sequence[Figure], loaded: Loaded) -> Bands | None:
    """Return the bands of the use, if it has any, and give each figure its parts."""
    shown = hull([figure.bucket for figure in found])
    bands = bands_of(loaded.rows, loaded.priced, service.source, service.zone, shown)
    if bands:
        summed = figures(loaded.rows, [figure.bucket for figure in found], bands)
        for figure, other in zip(found, summed, strict=True):
            figure.by_band = other.by_band
    return bands


def add_money(service: Service, step: Step, found: Sequence[Figure], loaded: Loaded) -> None:
    """Give each figure its amount: in 10^-14 of the currency for fine steps, else minor units.

    :raises NotExact: if there is no exact amount for these steps
    :raises NotPriced: if nothing prices a part of the use
    """
    if step in FINE:
        bounds = [figure.bucket for figure in found]
        amounts = money.energy_amounts(
            loaded.rows, loaded.priced, service.source, service.zone, bounds
        )
        for figure, amount in zip(found, amounts, strict=True):
            figure.amount = amount if figure.is_known else None
        return
    billed = money.billed_amounts(loaded.covers, service.source)
    if service.is_export and loaded.covers and not billed:
        raise money.NotPriced
    for figure in found:
        period = figure.bucket.period
        inside = [c for c in loaded.covers if c.period.overlap(period) == c.period]
        straddles = any(c.period.overlap(period) for c in loaded.covers if c not in inside)
        if inside and not straddles and (figure.is_billed or step is Step.YEAR):
            figure.amount = sum(billed.get((c.statement_id, c.agreement_id), 0) for c in inside)

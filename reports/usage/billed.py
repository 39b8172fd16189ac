"""What of a service is billed, and the readings exactly as they were billed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from core.periods import Period
from meters.readings.fetch import window
from reports.usage.services import Service
from reports.usage.slots import Slots
from statements import readings
from statements.models import Statement, StatementCoverage, Trace


@dataclass(frozen=True)
class Cover:
    """A stretch of an agreement that an issued bill bills."""

    agreement_id: int
    statement_id: int
    number: str
    currency: str
    period: Period


def covers(service: Service, period: Period) -> list[Cover]:
    """Return the bills of a service that touch a period and hold, in order of time; one query."""
    rows = StatementCoverage.objects.filter(
        agreement_id__in=service.agreement_ids,
        live=True,
        statement__state=Statement.State.ISSUED,
        starts_at__lt=period.ends_at,
        ends_at__gt=period.starts_at,
    ).order_by("starts_at", "pk")
    names = "agreement_id statement_id statement__number statement__currency starts_at ends_at"
    return [
        Cover(agreement, statement, number or "", currency, Period(starts_at, ends_at))
        for agreement, statement, number, currency, starts_at, ends_at in rows.values_list(
            *names.split()
        )
    ]


def agreements_as_billed(found: Iterable[Cover]) -> dict[tuple[int, int], readings.Billed]:
    """Return by statement and agreement what a bill was computed from; one query."""
    wanted = {(cover.statement_id, cover.agreement_id) for cover in found}
    traces = Trace.objects.filter(statement_id__in={statement for statement, _ in wanted})
    return {
        (trace.statement_id, billed.agreement_id): billed
        for trace in traces
        for billed in readings.inputs_of(trace).agreements
        if (trace.statement_id, billed.agreement_id) in wanted
    }


def show_as_billed(
    rows: Sequence[Slots], service: Service, found: Iterable[readings.Billed]
) -> bool:
    """Put the readings that were billed in the place of newer ones; say whether any differed.

    Bills whose readings nobody changed since cost no query.
    """
    by_length = {row.interval_s: row for row in rows}
    uses = [use for billed in found for use in billed.uses if use.source == service.source]
    stale = []
    for use in uses:
        row = by_length.get(use.interval_s)
        if row is None:
            continue
        row.is_billed[row.cut(use.period)] = True
        if not _is_as_billed(row, use):
            stale.append(use)
    changed = False
    for use, series in readings.as_billed(stale).items():
        changed |= _replace(by_length[use.interval_s], use, series)
    return changed


def _is_as_billed(row: Slots, use: readings.Use) -> bool:
    """Compare revisions of the days that both the row and the use have."""
    then, days = np.frombuffer(use.revs, "<u4"), window(use.period, use.interval_s)
    now = row.revs.get(use.channel_id)
    if now is None:
        return False
    offset = (days.first - row.first_day).days
    first, last = max(offset, 0), min(offset + len(then), len(now))
    return bool((now[first:last] == then[first - offset : last - offset]).all())


def _replace(row: Slots, use: readings.Use, series: readings.Series) -> bool:
    part = row.cut(use.period)
    start = (row.starts_at + timedelta(seconds=row.interval_s * part.start)) - use.period.starts_at
    skip = int(start.total_seconds()) // row.interval_s
    values = series.values[skip : skip + part.stop - part.start]
    changed = bool((row.values[part] != values).any())
    row.values[part] = values
    row.codes[part] = series.codes[skip : skip + part.stop - part.start]
    return changed

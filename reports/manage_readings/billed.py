"""Which bill counted which readings, and with which revision of each day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

import numpy as np

from core.periods import Period
from statements.models import Statement, StatementCoverage, Trace
from statements.readings import Use, inputs_of

Revisions = Mapping[tuple[int, int, date], int]  # by statement, channel and UTC day


@dataclass(frozen=True)
class Bill:
    """One issued bill, and the time of a place that it counts."""

    statement_id: int
    number: str
    point_id: int
    period: Period


def bills_over(point_ids: Iterable[int], period: Period) -> list[Bill]:
    """Return the bills that count a time of these places, the earliest first; one query."""
    found = StatementCoverage.objects.filter(
        agreement__usage_point__in=list(point_ids),
        live=True,
        statement__state=Statement.State.ISSUED,
        starts_at__lt=period.ends_at,
        ends_at__gt=period.starts_at,
    ).order_by("starts_at", "pk")
    rows = found.values_list(
        "statement_id", "statement__number", "agreement__usage_point_id", "starts_at", "ends_at"
    )
    return [
        Bill(key, number or "", point, Period(starts_at, ends_at))
        for key, number, point, starts_at, ends_at in rows
    ]


def revisions_billed(bills: Sequence[Bill]) -> Revisions:
    """Return with which revision each day was billed; one query."""
    traces = Trace.objects.filter(statement__in={bill.statement_id for bill in bills})
    return {
        (row.pk, use.channel_id, day): rev
        for row in traces
        for billed in inputs_of(row).agreements
        for use in billed.uses
        for day, rev in _days(use)
    }


def _days(use: Use) -> Iterable[tuple[date, int]]:
    first = use.period.starts_at.astimezone(UTC).date()
    revs = np.frombuffer(use.revs, dtype="<u4").tolist()
    return ((first + timedelta(days=place), rev) for place, rev in enumerate(revs))


def billing(bills: Sequence[Bill], point_id: int, period: Period) -> list[Bill]:
    """Return those of the bills that count a part of a period of a place."""
    return [bill for bill in bills if bill.point_id == point_id and bill.period.overlap(period)]
